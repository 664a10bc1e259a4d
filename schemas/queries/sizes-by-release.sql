-- The size of each release's list
-- How many roots each release trusts, newest revisions only, and how many more or fewer than the
-- release before it.
-- :product (product, all) A series of phones as named on loading, such as 8800.
SELECT
    s.product,
    s.firmware,
    s.revision,
    n.entry_count AS roots,
    n.entry_count - LAG(n.entry_count) OVER (
        PARTITION BY s.product ORDER BY s.firmware_order
    ) AS more,
    d.name AS document
FROM latest_revisions AS s
JOIN snapshots AS n ON n.id = s.id
JOIN documents AS d ON d.id = n.document_id
WHERE :product = 'all' OR s.product = :product
ORDER BY s.product, s.firmware_order
