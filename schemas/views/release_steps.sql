-- Each release and the one before it, of the same product. Newest revisions only.
CREATE VIEW release_steps AS
SELECT
    later.product,
    earlier.firmware AS from_firmware,
    later.firmware AS to_firmware,
    earlier.id AS from_id,
    later.id AS to_id
FROM latest_revisions AS later
JOIN latest_revisions AS earlier
    ON earlier.product = later.product
    AND earlier.firmware_order = (
        SELECT MAX(s.firmware_order)
        FROM snapshots AS s
        WHERE s.product = later.product AND s.firmware_order < later.firmware_order
    );
