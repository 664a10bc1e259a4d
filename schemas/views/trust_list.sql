-- What each loaded release trusts: a row for each row of the document, with its certificate.
-- evidence: proven (the printed subject is that of the certificate), identified (the certificate is
-- known, and no full subject is printed), agreed (two readers of the document gave this row) or
-- disputed. A name has an = in it, a label has none.
CREATE VIEW trust_list AS
SELECT
    s.product,
    s.firmware,
    s.revision,
    e.position,
    e.page,
    p.fingerprint,
    COALESCE(c.fingerprint_sha256, p.fingerprint_sha256) AS fingerprint_sha256,
    p.subject,
    p.subject_printed,
    c.issuer,
    c.serial_number,
    c.not_before,
    c.not_after,
    c.key_type,
    c.key_bits,
    c.signature_algorithm,
    CASE
        WHEN p.subject_matches AND REPLACE(p.subject_printed, '=', '') = p.subject_printed
            THEN 'identified'
        WHEN p.subject_matches THEN 'proven'
        WHEN p.agreed THEN 'agreed'
        ELSE 'disputed'
    END AS evidence,
    c.source AS certificate_source,
    d.sha256 AS document_sha256,
    s.ingested_at
FROM snapshots AS s
JOIN documents AS d ON d.id = s.document_id
JOIN entries AS e ON e.snapshot_id = s.id
JOIN printed_rows AS p ON p.id = e.printed_row_id
LEFT JOIN certificates AS c ON c.fingerprint = p.fingerprint;
