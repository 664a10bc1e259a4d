-- Roots with a weak key
-- Which roots have an RSA key of fewer bits than are thought safe, and from which release to which
-- they are trusted.
-- :bits (number, 2048) The least number of bits that is safe (NIST SP 800-131A).
WITH roots AS (
    SELECT fingerprint, subject, not_after, key_bits
    FROM certificates
    WHERE key_type = 'RSA' AND key_bits < :bits
),
trust AS (
    SELECT
        r.fingerprint,
        s.product,
        MIN(s.firmware_order) AS first_order,
        MAX(s.firmware_order) AS last_order
    FROM roots AS r
    CROSS JOIN printed_rows AS p -- CROSS keeps the order: few roots, of many entries
    JOIN entries AS e ON e.printed_row_id = p.id AND p.fingerprint = r.fingerprint
    JOIN latest_revisions AS s ON s.id = e.snapshot_id
    GROUP BY r.fingerprint, s.product
)
SELECT
    t.product,
    f.firmware AS first_firmware,
    l.firmware AS last_firmware,
    r.key_bits,
    r.not_after,
    r.fingerprint,
    r.subject
FROM trust AS t
JOIN roots AS r ON r.fingerprint = t.fingerprint
JOIN latest_revisions AS f ON f.product = t.product AND f.firmware_order = t.first_order
JOIN latest_revisions AS l ON l.product = t.product AND l.firmware_order = t.last_order
ORDER BY r.key_bits, r.not_after, r.fingerprint, t.product
