-- Since when a root is trusted
-- The first and the last release that trust the roots of a name, for each product.
-- :name (text) Part of the subject, in upper or lower case.
WITH roots AS (
    SELECT
        p.fingerprint AS sha1,
        COALESCE(NULLIF(p.fingerprint, ''), p.fingerprint_sha256) AS fingerprint,
        MAX(COALESCE(c.subject, p.subject)) AS subject,
        MAX(c.not_after) AS not_after
    FROM printed_rows AS p
    LEFT JOIN certificates AS c ON c.fingerprint = p.fingerprint
    WHERE LOWER(p.subject) LIKE
        '%' || REPLACE(REPLACE(REPLACE(LOWER(:name), '!', '!!'), '%', '!%'), '_', '!_') || '%'
        ESCAPE '!'
    GROUP BY p.fingerprint, COALESCE(NULLIF(p.fingerprint, ''), p.fingerprint_sha256)
),
trust AS (
    SELECT
        r.fingerprint,
        s.product,
        MIN(s.firmware_order) AS first_order,
        MAX(s.firmware_order) AS last_order
    FROM roots AS r
    CROSS JOIN printed_rows AS p -- CROSS keeps the order: few roots, of many entries
    JOIN entries AS e
        ON e.printed_row_id = p.id
        AND p.fingerprint = r.sha1
        AND (r.sha1 <> '' OR p.fingerprint_sha256 = r.fingerprint)
    JOIN latest_revisions AS s ON s.id = e.snapshot_id
    GROUP BY r.fingerprint, s.product
)
SELECT
    t.product,
    f.firmware AS first_firmware,
    l.firmware AS last_firmware,
    CASE
        WHEN t.last_order = (
            SELECT MAX(n.firmware_order) FROM snapshots AS n WHERE n.product = t.product
        ) THEN 'yes'
        ELSE 'no'
    END AS in_latest,
    r.not_after,
    r.fingerprint,
    r.subject
FROM trust AS t
JOIN roots AS r ON r.fingerprint = t.fingerprint
JOIN latest_revisions AS f ON f.product = t.product AND f.firmware_order = t.first_order
JOIN latest_revisions AS l ON l.product = t.product AND l.firmware_order = t.last_order
ORDER BY r.subject, r.fingerprint, t.product
