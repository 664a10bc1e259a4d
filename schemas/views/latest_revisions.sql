-- The newest revision of each release. The other views of history read this one.
CREATE VIEW latest_revisions AS
SELECT s.id, s.product, s.firmware, s.firmware_order, s.revision
FROM snapshots AS s
WHERE NOT EXISTS (
    SELECT 1
    FROM snapshots AS newer
    WHERE newer.product = s.product
      AND newer.firmware = s.firmware
      AND newer.revision > s.revision
);
