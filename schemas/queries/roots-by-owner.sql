-- Roots by owner
-- How many roots of a release name each organisation (O=) in their subject, and how many of them
-- have ended by a day; empty: none.
-- :firmware (release, latest) A release such as 12.7(1); latest is the newest of each product.
-- :as_of (date, today) Those ended before this day.
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
    SELECT s.product, s.firmware, p.fingerprint, p.subject
    FROM chosen AS s
    CROSS JOIN entries AS e -- CROSS keeps the order: few releases, of many entries
    JOIN printed_rows AS p ON p.id = e.printed_row_id AND e.snapshot_id = s.id
),
-- where each name begins: SQLite and PostgreSQL have no function in common that finds it
positions AS (
    SELECT 1 AS n
    UNION ALL
    SELECT n + 1
    FROM positions
    WHERE n < (SELECT MAX(LENGTH(subject)) + 3 FROM listed)
),
begun AS (
    SELECT n.subject, SUBSTR(n.subject || ', =', p.n + 2) AS rest
    FROM (SELECT DISTINCT subject FROM listed) AS n
    JOIN positions AS p ON SUBSTR(', ' || n.subject, p.n, 4) = ', O='
),
-- it ends at the last comma before the next attribute: it may have commas of its own
followed AS (
    SELECT b.subject, b.rest, MIN(p.n) AS equals
    FROM begun AS b
    JOIN positions AS p ON SUBSTR(b.rest, p.n, 1) = '='
    GROUP BY b.subject, b.rest
),
owners AS (
    SELECT f.subject, SUBSTR(f.rest, 1, MAX(p.n) - 1) AS owner
    FROM followed AS f
    JOIN positions AS p ON p.n < f.equals AND SUBSTR(f.rest, p.n, 2) = ', '
    GROUP BY f.subject, f.rest
)
SELECT
    l.product,
    l.firmware,
    o.owner,
    COUNT(*) AS roots,
    SUM(CASE WHEN c.not_after < :as_of THEN 1 ELSE 0 END) AS expired
FROM listed AS l
LEFT JOIN owners AS o ON o.subject = l.subject
LEFT JOIN certificates AS c ON c.fingerprint = l.fingerprint
GROUP BY l.product, l.firmware, o.owner
ORDER BY l.product, l.firmware, roots DESC, o.owner NULLS LAST
