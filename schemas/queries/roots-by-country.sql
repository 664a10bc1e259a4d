-- Roots by country
-- How many roots of a release name each country (C=) in their subject; empty: none.
-- :firmware (release, latest) A release such as 12.7(1); latest is the newest of each product.
WITH RECURSIVE chosen AS (
    SELECT s.id, s.product, s.firmware
    FROM latest_revisions AS s
    WHERE s.firmware = :firmware
    UNION ALL
    SELECT s.id, s.product, s.firmware
    FROM (
        SELECT product, MAX(firmware_order) AS last_order FROM snapshots GROUP BY product
    ) AS n
    JOIN latest_revisions AS s ON s.product = n.product AND s.firmware_order = n.last_order
    WHERE :firmware = 'latest'
),
listed AS (
    SELECT s.product, s.firmware, p.subject
    FROM chosen AS s
    CROSS JOIN entries AS e -- CROSS keeps the order: few releases, of many entries
    JOIN printed_rows AS p ON p.id = e.printed_row_id AND e.snapshot_id = s.id
),
-- where each country begins: SQLite and PostgreSQL have no function in common that finds it
positions AS (
    SELECT 1 AS n
    UNION ALL
    SELECT n + 1
    FROM positions
    WHERE n < (SELECT MAX(LENGTH(subject)) FROM listed)
),
countries AS (
    SELECT n.subject, SUBSTR(n.subject, p.n + 2, 2) AS country
    FROM (SELECT DISTINCT subject FROM listed) AS n
    JOIN positions AS p ON SUBSTR(', ' || n.subject, p.n, 4) = ', C='
)
SELECT l.product, l.firmware, c.country, COUNT(*) AS roots
FROM listed AS l
LEFT JOIN countries AS c ON c.subject = l.subject
GROUP BY l.product, l.firmware, c.country
ORDER BY l.product, l.firmware, roots DESC, c.country NULLS LAST
