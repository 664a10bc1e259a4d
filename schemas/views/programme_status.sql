-- When each root was seen in the bundles of each programme, and whether it is in the newest one.
CREATE VIEW programme_status AS
SELECT
    s.fingerprint,
    s.programme,
    s.first_seen,
    s.last_seen,
    s.last_seen = (
        SELECT MAX(n.last_seen) FROM sightings AS n WHERE n.programme = s.programme
    ) AS present_now
FROM sightings AS s;
