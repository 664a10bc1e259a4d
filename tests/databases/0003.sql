CREATE TABLE alembic_version (
    version_num character varying(32) NOT NULL
);
COMMENT ON TABLE alembic_version IS 'The version of the schema, where Alembic keeps it.';
COMMENT ON COLUMN alembic_version.version_num IS 'The version of the schema.';
CREATE TABLE certificates (
    fingerprint character varying NOT NULL,
    fingerprint_sha256 character varying NOT NULL,
    spki_sha256 character varying NOT NULL,
    subject character varying NOT NULL,
    issuer character varying NOT NULL,
    serial_number character varying NOT NULL,
    not_before timestamp with time zone NOT NULL,
    not_after timestamp with time zone NOT NULL,
    key_type character varying NOT NULL,
    key_bits integer,
    signature_algorithm character varying NOT NULL,
    self_signed boolean NOT NULL,
    parser character varying NOT NULL,
    source character varying NOT NULL,
    der bytea NOT NULL,
    checksum bytea,
    CONSTRAINT ck_certificates_fingerprint_is_hex CHECK (((length((fingerprint)::text) = 40) AND (ltrim((fingerprint)::text, '0123456789abcdef'::text) = ''::text))),
    CONSTRAINT ck_certificates_fingerprint_sha256_is_hex CHECK (((length((fingerprint_sha256)::text) = 64) AND (ltrim((fingerprint_sha256)::text, '0123456789abcdef'::text) = ''::text))),
    CONSTRAINT ck_certificates_not_after_is_finite CHECK (isfinite(not_after)),
    CONSTRAINT ck_certificates_not_before_is_finite CHECK (isfinite(not_before)),
    CONSTRAINT ck_certificates_spki_sha256_is_hex CHECK (((length((spki_sha256)::text) = 64) AND (ltrim((spki_sha256)::text, '0123456789abcdef'::text) = ''::text)))
);
COMMENT ON TABLE certificates IS 'The known certificates. Never changed once loaded.';
COMMENT ON COLUMN certificates.fingerprint IS 'SHA-1 of the certificate, 40 lower-case hex digits.';
COMMENT ON COLUMN certificates.fingerprint_sha256 IS 'SHA-256 of the certificate, 64 lower-case hex digits.';
COMMENT ON COLUMN certificates.spki_sha256 IS 'SHA-256 of its SubjectPublicKeyInfo: names the key.';
COMMENT ON COLUMN certificates.subject IS 'Subject in canonical form.';
COMMENT ON COLUMN certificates.issuer IS 'Issuer in canonical form.';
COMMENT ON COLUMN certificates.serial_number IS 'Lower-case hex digits.';
COMMENT ON COLUMN certificates.not_before IS 'First valid second, UTC.';
COMMENT ON COLUMN certificates.not_after IS 'Last valid second, UTC.';
COMMENT ON COLUMN certificates.key_type IS 'RSA, EC, DSA, Ed25519 or another.';
COMMENT ON COLUMN certificates.key_bits IS 'Size of the key, if its type has sizes.';
COMMENT ON COLUMN certificates.signature_algorithm IS 'OpenSSL''s name, such as sha256WithRSAEncryption.';
COMMENT ON COLUMN certificates.self_signed IS 'Whether the subject is the issuer and the key verifies the signature.';
COMMENT ON COLUMN certificates.parser IS 'The library that could read it.';
COMMENT ON COLUMN certificates.source IS 'Where it was found first: catalogue, file:NAME, crt.sh.';
COMMENT ON COLUMN certificates.der IS 'The certificate itself, DER.';
COMMENT ON COLUMN certificates.checksum IS 'SHA-256 of the row''s other values: `database verify` finds damage by it.';
CREATE TABLE entries (
    snapshot_id integer NOT NULL,
    printed_row_id integer NOT NULL,
    "position" integer NOT NULL,
    page integer NOT NULL,
    CONSTRAINT ck_entries_page_from_1 CHECK ((page >= 1)),
    CONSTRAINT ck_entries_position_from_1 CHECK (("position" >= 1))
);
COMMENT ON TABLE entries IS 'The rows of each snapshot.';
COMMENT ON COLUMN entries.snapshot_id IS 'The snapshot it belongs to.';
COMMENT ON COLUMN entries.printed_row_id IS 'What it says.';
COMMENT ON COLUMN entries."position" IS 'Counts the rows of the snapshot, from 1.';
COMMENT ON COLUMN entries.page IS 'Page of the document, from 1.';
CREATE TABLE snapshots (
    id integer NOT NULL,
    document_id integer NOT NULL,
    product character varying NOT NULL,
    firmware character varying NOT NULL,
    firmware_order bigint NOT NULL,
    revision integer NOT NULL,
    entry_count integer NOT NULL,
    digest bytea NOT NULL,
    ingested_at timestamp with time zone NOT NULL,
    checksum bytea,
    CONSTRAINT ck_snapshots_ingested_at_is_finite CHECK (isfinite(ingested_at)),
    CONSTRAINT ck_snapshots_revision_from_1 CHECK ((revision >= 1))
);
COMMENT ON TABLE snapshots IS 'What one document states for one release. Never changed once loaded.';
COMMENT ON COLUMN snapshots.id IS 'Number in this database.';
COMMENT ON COLUMN snapshots.document_id IS 'The document it was read from.';
COMMENT ON COLUMN snapshots.product IS 'Series of phones, as named on loading.';
COMMENT ON COLUMN snapshots.firmware IS 'Firmware release, such as 12.7(1)SR1.';
COMMENT ON COLUMN snapshots.firmware_order IS 'Sorts releases: see pipeline.database.firmware_order.';
COMMENT ON COLUMN snapshots.revision IS 'Counts the documents loaded for this release, from 1.';
COMMENT ON COLUMN snapshots.entry_count IS 'Number of entries.';
COMMENT ON COLUMN snapshots.digest IS 'SHA-256 of the entries as printed: see pipeline.load.content_digest.';
COMMENT ON COLUMN snapshots.ingested_at IS 'When it was loaded, UTC.';
COMMENT ON COLUMN snapshots.checksum IS 'SHA-256 of the row''s other values: `database verify` finds damage by it.';
CREATE VIEW latest_revisions AS
 SELECT id,
    product,
    firmware,
    firmware_order,
    revision
   FROM snapshots s
  WHERE (NOT (EXISTS ( SELECT 1
           FROM snapshots newer
          WHERE (((newer.product)::text = (s.product)::text) AND ((newer.firmware)::text = (s.firmware)::text) AND (newer.revision > s.revision)))));
COMMENT ON VIEW latest_revisions IS 'The newest snapshot of each release.';
COMMENT ON COLUMN latest_revisions.id IS 'Number of the snapshot in this database.';
COMMENT ON COLUMN latest_revisions.product IS 'Series of phones, as named on loading.';
COMMENT ON COLUMN latest_revisions.firmware IS 'Firmware release, such as 12.7(1)SR1.';
COMMENT ON COLUMN latest_revisions.firmware_order IS 'Sorts releases.';
COMMENT ON COLUMN latest_revisions.revision IS 'The release''s highest.';
CREATE TABLE printed_rows (
    id integer NOT NULL,
    digest bytea NOT NULL,
    fingerprint character varying NOT NULL,
    fingerprint_sha256 character varying,
    subject_printed character varying NOT NULL,
    agreed boolean NOT NULL,
    subject character varying NOT NULL,
    subject_matches boolean,
    checksum bytea,
    CONSTRAINT ck_printed_rows_fingerprint_is_hex CHECK (((length((fingerprint)::text) = 40) AND (ltrim((fingerprint)::text, '0123456789abcdef'::text) = ''::text))),
    CONSTRAINT ck_printed_rows_fingerprint_sha256_is_hex CHECK (((length((fingerprint_sha256)::text) = 64) AND (ltrim((fingerprint_sha256)::text, '0123456789abcdef'::text) = ''::text)))
);
COMMENT ON TABLE printed_rows IS 'The distinct rows that documents print; what is printed never changes.';
COMMENT ON COLUMN printed_rows.id IS 'Number in this database.';
COMMENT ON COLUMN printed_rows.digest IS 'SHA-256 of what is printed: see pipeline.load.row_digest.';
COMMENT ON COLUMN printed_rows.fingerprint IS 'SHA-1 of the certificate, 40 lower-case hex digits.';
COMMENT ON COLUMN printed_rows.fingerprint_sha256 IS 'SHA-256 of the certificate, if it is printed; 64 lower-case hex digits.';
COMMENT ON COLUMN printed_rows.subject_printed IS 'The subject as printed.';
COMMENT ON COLUMN printed_rows.agreed IS 'Whether two readers gave this row.';
COMMENT ON COLUMN printed_rows.subject IS 'The subject in canonical form; the certificate''s own if they match.';
COMMENT ON COLUMN printed_rows.subject_matches IS 'Whether this is the certificate''s subject; empty while that is not known.';
COMMENT ON COLUMN printed_rows.checksum IS 'SHA-256 of the row''s other values: `database verify` finds damage by it.';
CREATE VIEW changes AS
 WITH steps AS (
         SELECT latest_revisions.product,
            lag(latest_revisions.firmware) OVER (PARTITION BY latest_revisions.product ORDER BY latest_revisions.firmware_order) AS from_firmware,
            latest_revisions.firmware AS to_firmware,
            lag(latest_revisions.id) OVER (PARTITION BY latest_revisions.product ORDER BY latest_revisions.firmware_order) AS from_id,
            latest_revisions.id AS to_id
           FROM latest_revisions
        )
 SELECT t.product,
    t.from_firmware,
    t.to_firmware,
    'added'::text AS change,
    p.fingerprint,
    p.subject
   FROM ((steps t
     JOIN entries e ON ((e.snapshot_id = t.to_id)))
     JOIN printed_rows p ON ((p.id = e.printed_row_id)))
  WHERE ((t.from_id IS NOT NULL) AND (NOT (EXISTS ( SELECT 1
           FROM (printed_rows q
             CROSS JOIN entries f)
          WHERE (((q.fingerprint)::text = (p.fingerprint)::text) AND (f.printed_row_id = q.id) AND (f.snapshot_id = t.from_id))))))
UNION ALL
 SELECT t.product,
    t.from_firmware,
    t.to_firmware,
    'removed'::text AS change,
    p.fingerprint,
    p.subject
   FROM ((steps t
     JOIN entries e ON ((e.snapshot_id = t.from_id)))
     JOIN printed_rows p ON ((p.id = e.printed_row_id)))
  WHERE (NOT (EXISTS ( SELECT 1
           FROM (printed_rows q
             CROSS JOIN entries f)
          WHERE (((q.fingerprint)::text = (p.fingerprint)::text) AND (f.printed_row_id = q.id) AND (f.snapshot_id = t.to_id)))))
UNION ALL
 SELECT t.product,
    t.from_firmware,
    t.to_firmware,
    'changed'::text AS change,
    p.fingerprint,
    p.subject
   FROM ((steps t
     JOIN entries e ON ((e.snapshot_id = t.to_id)))
     JOIN printed_rows p ON ((p.id = e.printed_row_id)))
  WHERE (EXISTS ( SELECT 1
           FROM (printed_rows q
             CROSS JOIN entries f)
          WHERE (((q.fingerprint)::text = (p.fingerprint)::text) AND (f.printed_row_id = q.id) AND ((q.subject)::text <> (p.subject)::text) AND (f.snapshot_id = t.from_id))));
COMMENT ON VIEW changes IS 'What each release changed of the one before it; newest revisions only.';
COMMENT ON COLUMN changes.product IS 'Series of phones, as named on loading.';
COMMENT ON COLUMN changes.from_firmware IS 'The loaded release before it.';
COMMENT ON COLUMN changes.to_firmware IS 'The release that changed.';
COMMENT ON COLUMN changes.change IS 'added, removed, or changed: it has another name.';
COMMENT ON COLUMN changes.fingerprint IS 'SHA-1 of the certificate, 40 lower-case hex digits.';
COMMENT ON COLUMN changes.subject IS 'The subject in canonical form, after the change.';
CREATE TABLE documents (
    id integer NOT NULL,
    sha256 character varying NOT NULL,
    name character varying NOT NULL,
    title character varying NOT NULL,
    pages integer NOT NULL,
    checksum bytea,
    CONSTRAINT ck_documents_sha256_is_hex CHECK (((length((sha256)::text) = 64) AND (ltrim((sha256)::text, '0123456789abcdef'::text) = ''::text)))
);
COMMENT ON TABLE documents IS 'Published files that snapshots were read from.';
COMMENT ON COLUMN documents.id IS 'Number in this database.';
COMMENT ON COLUMN documents.sha256 IS 'SHA-256 of the file, 64 lower-case hex digits.';
COMMENT ON COLUMN documents.name IS 'Name of the file when it was first loaded.';
COMMENT ON COLUMN documents.title IS 'Its first line of text.';
COMMENT ON COLUMN documents.pages IS 'Number of pages.';
COMMENT ON COLUMN documents.checksum IS 'SHA-256 of the row''s other values: `database verify` finds damage by it.';
CREATE SEQUENCE documents_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE documents_id_seq OWNED BY documents.id;
CREATE TABLE lookups (
    fingerprint character varying NOT NULL,
    source character varying NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    checksum bytea,
    CONSTRAINT ck_lookups_asked_at_is_finite CHECK (isfinite(asked_at)),
    CONSTRAINT ck_lookups_fingerprint_is_hex CHECK (((length((fingerprint)::text) = 40) AND (ltrim((fingerprint)::text, '0123456789abcdef'::text) = ''::text)))
);
COMMENT ON TABLE lookups IS 'Certificates that an online source doesn''t have; it isn''t asked again.';
COMMENT ON COLUMN lookups.fingerprint IS 'SHA-1 of the certificate, 40 lower-case hex digits.';
COMMENT ON COLUMN lookups.source IS 'Who was asked: crt.sh.';
COMMENT ON COLUMN lookups.asked_at IS 'When it was asked, UTC.';
COMMENT ON COLUMN lookups.checksum IS 'SHA-256 of the row''s other values: `database verify` finds damage by it.';
CREATE SEQUENCE printed_rows_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE printed_rows_id_seq OWNED BY printed_rows.id;
CREATE TABLE problems (
    id integer NOT NULL,
    document_id integer NOT NULL,
    kind character varying NOT NULL,
    page integer NOT NULL,
    text character varying NOT NULL,
    hint character varying NOT NULL,
    checksum bytea
);
COMMENT ON TABLE problems IS 'What could not be read or believed in a document.';
COMMENT ON COLUMN problems.id IS 'Number in this database.';
COMMENT ON COLUMN problems.document_id IS 'The document.';
COMMENT ON COLUMN problems.kind IS 'malformed-fingerprint, duplicate, …';
COMMENT ON COLUMN problems.page IS 'Page of the document, from 1.';
COMMENT ON COLUMN problems.text IS 'What is printed there.';
COMMENT ON COLUMN problems.hint IS 'What to do about it.';
COMMENT ON COLUMN problems.checksum IS 'SHA-256 of the row''s other values: `database verify` finds damage by it.';
CREATE SEQUENCE problems_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE problems_id_seq OWNED BY problems.id;
CREATE TABLE sightings (
    fingerprint character varying NOT NULL,
    programme character varying NOT NULL,
    first_seen date NOT NULL,
    last_seen date NOT NULL,
    source character varying NOT NULL,
    checksum bytea,
    CONSTRAINT ck_sightings_fingerprint_is_hex CHECK (((length((fingerprint)::text) = 40) AND (ltrim((fingerprint)::text, '0123456789abcdef'::text) = ''::text))),
    CONSTRAINT ck_sightings_first_before_last CHECK ((first_seen <= last_seen)),
    CONSTRAINT ck_sightings_first_seen_is_finite CHECK (isfinite(first_seen)),
    CONSTRAINT ck_sightings_last_seen_is_finite CHECK (isfinite(last_seen))
);
COMMENT ON TABLE sightings IS 'When each root was seen in each programme''s bundles.';
COMMENT ON COLUMN sightings.fingerprint IS 'SHA-1 of the certificate, 40 lower-case hex digits.';
COMMENT ON COLUMN sightings.programme IS 'mozilla, microsoft, apple, aosp, openjdk or oracle.';
COMMENT ON COLUMN sightings.first_seen IS 'Date of the first bundle it was seen in.';
COMMENT ON COLUMN sightings.last_seen IS 'Date of the last bundle it was seen in.';
COMMENT ON COLUMN sightings.source IS 'The packages that carried those two.';
COMMENT ON COLUMN sightings.checksum IS 'SHA-256 of the row''s other values: `database verify` finds damage by it.';
CREATE VIEW programme_status AS
 SELECT fingerprint,
    programme,
    first_seen,
    last_seen,
    (last_seen = ( SELECT max(n.last_seen) AS max
           FROM sightings n
          WHERE ((n.programme)::text = (s.programme)::text))) AS present_now
   FROM sightings s;
COMMENT ON VIEW programme_status IS 'When each root was seen in each programme''s bundles.';
COMMENT ON COLUMN programme_status.fingerprint IS 'SHA-1 of the certificate, 40 lower-case hex digits.';
COMMENT ON COLUMN programme_status.programme IS 'mozilla, microsoft, apple, aosp, openjdk or oracle.';
COMMENT ON COLUMN programme_status.first_seen IS 'Date of the first bundle it was seen in.';
COMMENT ON COLUMN programme_status.last_seen IS 'Date of the last bundle it was seen in.';
COMMENT ON COLUMN programme_status.present_now IS 'Whether that is the programme''s newest bundle.';
CREATE VIEW root_history AS
 SELECT h.product,
    h.fingerprint,
    COALESCE(c.subject, (h.subject)::character varying) AS subject,
    ( SELECT s.firmware
           FROM snapshots s
          WHERE ((s.firmware_order = h.first_order) AND ((s.product)::text = (h.product)::text) AND (s.revision = 1))) AS first_firmware,
    ( SELECT s.firmware
           FROM snapshots s
          WHERE ((s.firmware_order = h.last_order) AND ((s.product)::text = (h.product)::text) AND (s.revision = 1))) AS last_firmware,
    (h.last_order = ( SELECT max(s.firmware_order) AS max
           FROM snapshots s
          WHERE ((s.product)::text = (h.product)::text))) AS in_latest
   FROM (( SELECT s.product,
            p.fingerprint,
            max((p.subject)::text) AS subject,
            min(s.firmware_order) AS first_order,
            max(s.firmware_order) AS last_order
           FROM ((printed_rows p
             JOIN entries e ON ((e.printed_row_id = p.id)))
             JOIN latest_revisions s ON ((s.id = e.snapshot_id)))
          GROUP BY s.product, p.fingerprint) h
     LEFT JOIN certificates c ON (((c.fingerprint)::text = (h.fingerprint)::text)));
COMMENT ON VIEW root_history IS 'Since which release each root is trusted, and until which; newest revisions only.';
COMMENT ON COLUMN root_history.product IS 'Series of phones, as named on loading.';
COMMENT ON COLUMN root_history.fingerprint IS 'SHA-1 of the certificate, 40 lower-case hex digits.';
COMMENT ON COLUMN root_history.subject IS 'The certificate''s or, if not known, one that is printed.';
COMMENT ON COLUMN root_history.first_firmware IS 'The first loaded release that trusts it.';
COMMENT ON COLUMN root_history.last_firmware IS 'The last; it may have been away between the two.';
COMMENT ON COLUMN root_history.in_latest IS 'Whether the newest loaded release trusts it.';
CREATE SEQUENCE snapshots_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE snapshots_id_seq OWNED BY snapshots.id;
CREATE VIEW trust_list AS
 SELECT s.product,
    s.firmware,
    s.revision,
    e."position",
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
            WHEN p.subject_matches THEN 'proven'::text
            WHEN p.agreed THEN 'agreed'::text
            ELSE 'disputed'::text
        END AS evidence,
    c.source AS certificate_source,
    d.sha256 AS document_sha256,
    s.ingested_at
   FROM ((((snapshots s
     JOIN documents d ON ((d.id = s.document_id)))
     JOIN entries e ON ((e.snapshot_id = s.id)))
     JOIN printed_rows p ON ((p.id = e.printed_row_id)))
     LEFT JOIN certificates c ON (((c.fingerprint)::text = (p.fingerprint)::text)));
COMMENT ON VIEW trust_list IS 'What each loaded release trusts: a row for each row of the document.';
COMMENT ON COLUMN trust_list.product IS 'Series of phones, as named on loading.';
COMMENT ON COLUMN trust_list.firmware IS 'Firmware release, such as 12.7(1)SR1.';
COMMENT ON COLUMN trust_list.revision IS 'Which of the documents loaded for this release, from 1.';
COMMENT ON COLUMN trust_list."position" IS 'Place in the list, from 1.';
COMMENT ON COLUMN trust_list.page IS 'Page of the document, from 1.';
COMMENT ON COLUMN trust_list.fingerprint IS 'SHA-1 of the certificate, 40 lower-case hex digits.';
COMMENT ON COLUMN trust_list.fingerprint_sha256 IS 'SHA-256 of the certificate, 64 lower-case hex digits; empty if not known.';
COMMENT ON COLUMN trust_list.subject IS 'The subject in canonical form; the certificate''s own if they match.';
COMMENT ON COLUMN trust_list.subject_printed IS 'The subject as printed.';
COMMENT ON COLUMN trust_list.issuer IS 'Issuer in canonical form; empty if not known.';
COMMENT ON COLUMN trust_list.serial_number IS 'Lower-case hex digits; empty if not known.';
COMMENT ON COLUMN trust_list.not_before IS 'First valid second, UTC; empty if not known.';
COMMENT ON COLUMN trust_list.not_after IS 'Last valid second, UTC; empty if not known.';
COMMENT ON COLUMN trust_list.key_type IS 'RSA, EC, DSA, Ed25519 or another; empty if not known.';
COMMENT ON COLUMN trust_list.key_bits IS 'Size of the key; empty if not known or without meaning.';
COMMENT ON COLUMN trust_list.signature_algorithm IS 'OpenSSL''s name, such as sha256WithRSAEncryption; empty if not known.';
COMMENT ON COLUMN trust_list.evidence IS 'proven: the printed subject is the certificate''s; agreed: two readers gave this row; or disputed.';
COMMENT ON COLUMN trust_list.certificate_source IS 'Where the certificate was found first: catalogue, file:NAME, crt.sh.';
COMMENT ON COLUMN trust_list.document_sha256 IS 'SHA-256 of the document, 64 hex digits.';
COMMENT ON COLUMN trust_list.ingested_at IS 'When the snapshot was loaded, UTC.';
ALTER TABLE ONLY documents ALTER COLUMN id SET DEFAULT nextval('documents_id_seq'::regclass);
ALTER TABLE ONLY printed_rows ALTER COLUMN id SET DEFAULT nextval('printed_rows_id_seq'::regclass);
ALTER TABLE ONLY problems ALTER COLUMN id SET DEFAULT nextval('problems_id_seq'::regclass);
ALTER TABLE ONLY snapshots ALTER COLUMN id SET DEFAULT nextval('snapshots_id_seq'::regclass);
INSERT INTO alembic_version VALUES ('0003');
INSERT INTO certificates VALUES ('02faf3e291435468607857694df5e45b68851868', '687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2', '942a6916a6e4ae527711c5450247a2a74fb8e156a8254ca66e739a11493bb445', 'C=SE, O=AddTrust AB, OU=AddTrust External TTP Network, CN=AddTrust External CA Root', 'C=SE, O=AddTrust AB, OU=AddTrust External TTP Network, CN=AddTrust External CA Root', '01', '2000-05-30 10:48:38+00', '2020-05-30 10:48:38+00', 'RSA', 2048, 'sha1WithRSAEncryption', true, 'cryptography', 'catalogue', '\x308204363082031ea003020102020101300d06092a864886f70d0101050500306f310b300906035504061302534531143012060355040a130b416464547275737420414231263024060355040b131d41646454727573742045787465726e616c20545450204e6574776f726b312230200603550403131941646454727573742045787465726e616c20434120526f6f74301e170d3030303533303130343833385a170d3230303533303130343833385a306f310b300906035504061302534531143012060355040a130b416464547275737420414231263024060355040b131d41646454727573742045787465726e616c20545450204e6574776f726b312230200603550403131941646454727573742045787465726e616c20434120526f6f7430820122300d06092a864886f70d01010105000382010f003082010a0282010100b7f71a33e6f200042d39e04e5bed1fbc6c0fcdb5fa23b6cede9b113397a4294c7d939fbd4abc93ed031ae38fcfe56d505ad69729945a80b0497adb2e95fdb8cabf37382d1e3e9141ad7056c7f04f3fe8329e74cac89054e9c65f0f789d9a403c0eac61aa5e148f9e87a16a50dcd79a4eaf05b3a671949c71b350600ac7139d38078602a8e9a869261890ab4cb04f23ab3a4f84d8dfce9fe1696fbbd742d76b44e4c7adee6d415f725a710837b37965a459a09437f7002f0dc29272dad03872db14a845c45d2a7db7b4d6c4eeaccd1344b7c92bdd430025fa61b9696a582311b7a7338f567559f5cd29d746b70a2b65b6d3426f15b2b87bfbefe95d53d5345a270203010001a381dc3081d9301d0603551d0e04160414adbd987a34b426f7fac42654ef03bde024cb541a300b0603551d0f040403020106300f0603551d130101ff040530030101ff3081990603551d2304819130818e8014adbd987a34b426f7fac42654ef03bde024cb541aa173a471306f310b300906035504061302534531143012060355040a130b416464547275737420414231263024060355040b131d41646454727573742045787465726e616c20545450204e6574776f726b312230200603550403131941646454727573742045787465726e616c20434120526f6f74820101300d06092a864886f70d01010505000382010100b09be08525c2d623e20f9606929d41989cd9847981d91e5b14072336658fb0d877bbac416c47608351b0f9323de7fcf62613c78016a5bf5afc87cf787989219ae24c070a8635bcf2de51c4d296b7dc7e4eee70fd1c39eb0c0251142d8ebd16e0c1df4675e724adecf442b48593701067ba9d06354a18d32b7acc5142a17a63d1e6bba1c52bc236be130de6bd637e797ba7090d40ab6add8f8ac3f6f68c1a420551d445f59fa76221681520433c99e77cbd24d8a9911773883f561b313818b4710f9acdc80e9e8e2e1be18c9883cb1f31f1444cc604734976600fc7f8bd17806b2ee9cc4c0e5a9a790f200a2ed59e63261e559294d882175a7bd0bcc78f4e8604', '\x40e844e1faf12c19eb0d6b804330b6043dd0a88bfc2ca87b69c0102c264db1bf');
INSERT INTO certificates VALUES ('ccab0ea04c2301d6697bdd379fcd12eb24e3949d', '8c7209279ac04e275e16d07fd3b775e80154b5968046e31f52dd25766324e9a7', '052b687107ec84e8730382452ec2a27451745d7485a57d6f464e0da7a1b6af2a', 'C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root', 'C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root', '01', '2000-05-30 10:38:31+00', '2020-05-30 10:38:31+00', 'RSA', 2048, 'sha1WithRSAEncryption', true, 'cryptography', 'catalogue', '\x3082041830820300a003020102020101300d06092a864886f70d01010505003065310b300906035504061302534531143012060355040a130b4164645472757374204142311d301b060355040b1314416464547275737420545450204e6574776f726b3121301f06035504031318416464547275737420436c617373203120434120526f6f74301e170d3030303533303130333833315a170d3230303533303130333833315a3065310b300906035504061302534531143012060355040a130b4164645472757374204142311d301b060355040b1314416464547275737420545450204e6574776f726b3121301f06035504031318416464547275737420436c617373203120434120526f6f7430820122300d06092a864886f70d01010105000382010f003082010a02820101009696d4214960e26be841070cdec4e0dc1323cdc135c7fbd64e110a675ef5065b6ba5083b5b29163ae787b23406c5bc05a5037c82cb2910aee18881bdd69ed3fe2d56c115cee3269d152e10fb068f3004dea7b463b4ffb19cae3caf77b656c5b5aba2e9693a3d0e3379323f70829299616d8d30088f713fa6485719f825dc4b665ca5748f98aec8f9c00622e7ac73dfa52efb52dcb1156520fa356669dedf2cf16ebc30db2c2412dbeb35356890cb00b097213d74212365342bbb7859a3d6e176399aa4498e8c74af6ea49aa3d99bd2385c9ba218cc752384beebe24d33718e1af0c2f8c71da2ad03972cf8cf25c6f6b82431b1635d927f63f025c9532e1fbf4d0203010001a381d23081cf301d0603551d0e0416041495b1b4f094b6bdc7dad1110921bec1af49fd107b300b0603551d0f040403020106300f0603551d130101ff040530030101ff30818f0603551d23048187308184801495b1b4f094b6bdc7dad1110921bec1af49fd107ba169a4673065310b300906035504061302534531143012060355040a130b4164645472757374204142311d301b060355040b1314416464547275737420545450204e6574776f726b3121301f06035504031318416464547275737420436c617373203120434120526f6f74820101300d06092a864886f70d010105050003820101002c6d641b1fcd0dddb901fa96633432484799ae97edfd7216a673475af4ebdde9f5d6fb45cc2989445dbf46393de8eebc4d54861e1d6ce3172743e189562ba96f724e4933e3727c2a239abc3eff282aeda3ff1c23ba435709674d4b62062df8ff6c9d601ed81c4b7db5312fd9d07c5df8de6b83187837572fe8330767df1ec76b2a9576ae8f57a3f0f452b4a95308cfe04fd37a538bfdbb1c5636f2feb2b6e576bbd52265a73ffed166ad0bbc6b9986ef3f7df31832ca7bc6e3ab644695f82669d955837b2c9607ff592c44a3c6e5e9a9dca163805a215e21cf5354f0ba6f89dba8aa95cf8be371cc1e1b204408c07ab640fdc4e435e11d161cd0bc2b8ed671d9', '\x08f02ab7221a1f8488dda08beae94738ed89fdae62bbe76872c9c2d6cfb3bb78');
INSERT INTO certificates VALUES ('dac9024f54d8f6df94935fb1732638ca6ad77c13', '0687260331a72403d909f105e69bcf0d32e1bd2493ffc6d9206d11bcd6770739', '563b3caf8cfef34c2335caf560a7a95906e8488462eb75ac59784830df9e5b2b', 'O=Digital Signature Trust Co., CN=DST Root CA X3', 'O=Digital Signature Trust Co., CN=DST Root CA X3', '44afb080d6a327ba893039862ef8406b', '2000-09-30 21:12:19+00', '2021-09-30 14:01:15+00', 'RSA', 2048, 'sha1WithRSAEncryption', true, 'cryptography', 'catalogue', '\x3082034a30820232a003020102021044afb080d6a327ba893039862ef8406b300d06092a864886f70d0101050500303f31243022060355040a131b4469676974616c205369676e617475726520547275737420436f2e311730150603550403130e44535420526f6f74204341205833301e170d3030303933303231313231395a170d3231303933303134303131355a303f31243022060355040a131b4469676974616c205369676e617475726520547275737420436f2e311730150603550403130e44535420526f6f7420434120583330820122300d06092a864886f70d01010105000382010f003082010a0282010100dfafe99750088357b4cc6265f69082ecc7d32c6b30ca5becd9c37dc740c118148be0e83376492ae33f214993ac4e0eaf3e48cb65eefcd3210f65d22ad9328f8ce5f777b0127bb595c089a3a9baed732e7a0c063283a27e8a1430cd11a0e12a38b9790a31fd50bd8065dfb7516383c8e28861ea4b6181ec526bb9a2e24b1a289f48a39e0cda098e3e172e1edd20df5bc62a8aab2ebd70adc50b1a25907472c57b6aab34d63089ffe568137b540bc8d6aeec5a9c921e3d64b38cc6dfbfc94170ec1672d526ec38553943d0fcfd185c40f197ebd59a9b8d1dbada25b9c6d8dfc115023aabda6ef13e2ef55c089c3cd68369e4109b192ab62957e3e53d9b9ff0025d0203010001a3423040300f0603551d130101ff040530030101ff300e0603551d0f0101ff040403020106301d0603551d0e04160414c4a7b1a47b2c71fadbe14b9075ffc41560858910300d06092a864886f70d01010505000382010100a31a2c9b17005ca91eee2866373abf83c73f4bc309a095205de3d95944d23e0d3ebd8a4ba0741fce10829c741a1d7e981addcb134bb32044e491e9ccfc7da5db6ae5fee6fde04eddb7003ab57049aff2e5eb02f1d1028b19cb943a5e48c4181e58195f1e025af00cf1b1ada9dc59868b6ee991f586cafab96633aa595bcee2a7167347cb2bcc99b03748cfe3564bf5cf0f0c723287c6f044bb53726d43f526489a5267b758abfe67767178db0da256141339243185a2a8025a3047e1dd5007bc02099000eb6463609b16bc88c912e6d27d918bf93d328d65b4e97cb15776eac5b62839bf15651cc8f677966a0a8d770bd8910b048e07db29b60aee9d82353510', '\xe63779734347220669d76c4a6d49b3d154b20b95ea75de1b7c0bf032c8302ddc');
INSERT INTO certificates VALUES ('cabd2a79a1076a31f21d253635cb039d4329a5e8', '96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6', '0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3', 'C=US, O=Internet Security Research Group, CN=ISRG Root X1', 'C=US, O=Internet Security Research Group, CN=ISRG Root X1', '8210cfb0d240e3594463e0bb63828b00', '2015-06-04 11:04:38+00', '2035-06-04 11:04:38+00', 'RSA', 4096, 'sha256WithRSAEncryption', true, 'cryptography', 'catalogue', '\x3082056b30820353a0030201020211008210cfb0d240e3594463e0bb63828b00300d06092a864886f70d01010b0500304f310b300906035504061302555331293027060355040a1320496e7465726e65742053656375726974792052657365617263682047726f7570311530130603550403130c4953524720526f6f74205831301e170d3135303630343131303433385a170d3335303630343131303433385a304f310b300906035504061302555331293027060355040a1320496e7465726e65742053656375726974792052657365617263682047726f7570311530130603550403130c4953524720526f6f7420583130820222300d06092a864886f70d01010105000382020f003082020a0282020100ade82473f41437f39b9e2b57281c87bedcb7df38908c6e3ce657a078f775c2a2fef56a6ef6004f28dbde68866c4493b6b163fd14126bbf1fd2ea319b217ed1333cba48f5dd79dfb3b8ff12f1219a4bc18a8671694a66666c8f7e3c70bfad292206f3e4c0e680aee24b8fb7997e94039fd347977c99482353e838ae4f0a6f832ed149578c8074b6da2fd0388d7b0370211b75f2303cfa8faeddda63abeb164fc28e114b7ecf0be8ffb5772ef4b27b4ae04c12250c708d0329a0e15324ec13d9ee19bf10b34a8c3f89a36151deac870794f46371ec2ee26f5b9881e1895c34796c76ef3b906279e6dba49a2f26c5d010e10eded9108e16fbb7f7a8f7c7e50207988f360895e7e237960d36759efb0e72b11d9bbc03f94905d881dd05b42ad641e9ac0176950a0fd8dfd5bd121f352f28176cd298c1a80964776e4737baceac595e689d7f72d689c50641293e593edd26f524c911a75aa34c401f46a199b5a73a516e863b9e7d72a712057859ed3e5178150b038f8dd02f05b23e7b4a1c4b730512fcc6eae050137c439374b3ca74e78e1f0108d030d45b7136b407bac130305c48b7823b98a67d608aa2a32982ccbabd83041ba2830341a1d605f11bc2b6f0a87c863b46a8482a88dc769a76bf1f6aa53d198feb38f364dec82b0d0a28fff7dbe21542d422d0275de179fe18e77088ad4ee6d98b3ac6dd27516effbc64f533434f0203010001a3423040300e0603551d0f0101ff040403020106300f0603551d130101ff040530030101ff301d0603551d0e0416041479b459e67bb6e5e40173800888c81a58f6e99b6e300d06092a864886f70d01010b05000382020100551f58a9bcb2a850d00cb1d81a6920272908ac61755c8a6ef882e5692fd5f6564bb9b8731059d321977ee74c71fbb2d260ad39a80bea17215685f1500e59ebcee059e9bac915ef869d8f8480f6e4e99190dc179b621b45f06695d27c6fc2ea3bef1fcfcbd6ae27f1a9b0c8aefd7d7e9afa2204ebffd97fea912b22b1170e8ff28a345b58d8fc01c954b9b826cc8a8833894c2d843c82dfee965705ba2cbbf7c4b7c74e3b82be31c822737392d1c280a43939103323824c3c9f86b255981dbe29868c229b9ee26b3b573a82704ddc09c789cb0a074d6ce85d8ec9efceabc7bbb52b4e45d64ad026cce572ca086aa595e315a1f7a4edc92c5fa5fbffac28022ebed77bbbe3717b9016d3075e46537c3707428cd3c4969cd599b52ae0951a8048ae4c3907cecc47a452952bbab8fbadd233537de51d4d6dd5a1b1c7426fe64027355ca328b7078de78d3390e7239ffb509c796c46d5b415b3966e7e9b0c963ab8522d3fd65be1fb08c284fe24a8a389daac6ae1182ab1a843615bd31fdc3b8d76f22de88d75df17336c3d53fb7bcb415fffdca2d06138e196b8ac5d8b37d775d533c09911ae9d41c1727584be0241425f67244894d19b27be073fb9b84f817451e17ab7ed9d23e2bee0d52804133c31039edd7a6c8fc60718c67fde478e3f289e0406cfa5543477bdec899be91743df5bdb5ffe8e1e57a2cd409d7e6222dade1827', '\x900adb953307092aed58fc518e820bc3888567ccbaffba7bb5737a1eca8cc548');
INSERT INTO documents VALUES (1, 'a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e', 'first.pdf', 'The first list', 2, '\x73aee728a8541466d3d0deff210cd76b54870daf9bdb77c15f2ed2de21e4faeb');
INSERT INTO documents VALUES (2, '16367aacb67a4a017c8da8ab95682ccb390863780f7114dda0a0e0c55644c7c4', 'second.pdf', 'The second list', 2, '\x2cb20960aaaf5feaa862d72b8ae0d17bea1655b4a996e8f8ee3e78a43380d51d');
INSERT INTO documents VALUES (3, 'b1e99324505bd32da0e1f85dcf5e19a09db0481e8a15f62c41eb320304a8e927', 'third.pdf', 'The third list', 2, '\x76de8cbc57a753b0ebd3690439ef5abbf64f74a1793ec68940940ce48dab22d7');
INSERT INTO documents VALUES (4, 'dc81b1d371a4072be7fcfc3e1939f5bddae8bdc168846a50a78face975b9af63', 'fourth.pdf', 'The fourth list', 2, '\x55a4d37a5d39254485a67716ef97e049ecfa2939c21f576eb4e5b59bd7367ca7');
INSERT INTO entries VALUES (1, 1, 1, 1);
INSERT INTO entries VALUES (1, 2, 2, 1);
INSERT INTO entries VALUES (1, 3, 3, 1);
INSERT INTO entries VALUES (1, 4, 4, 2);
INSERT INTO entries VALUES (2, 1, 1, 1);
INSERT INTO entries VALUES (2, 2, 2, 1);
INSERT INTO entries VALUES (2, 3, 3, 1);
INSERT INTO entries VALUES (2, 5, 4, 2);
INSERT INTO entries VALUES (2, 6, 5, 2);
INSERT INTO entries VALUES (3, 3, 1, 1);
INSERT INTO entries VALUES (3, 6, 2, 1);
INSERT INTO entries VALUES (4, 1, 1, 1);
INSERT INTO lookups VALUES ('0123456789abcdef0123456789abcdef01234567', 'crt.sh', '2021-09-01 12:00:00+00', '\x5f6a295512659e2db6fe3033bbcd4975df1a61ab031da4ce4cd0970ac653ebfe');
INSERT INTO printed_rows VALUES (1, '\xc40ba7779da96919dfe67386100af2c71e159771b7097b7481a401ea693480ce', '02faf3e291435468607857694df5e45b68851868', NULL, 'C=SE, O=AddTrust AB, OU=AddTrust External TTP Network, CN=AddTrust External CA Root', true, 'C=SE, O=AddTrust AB, OU=AddTrust External TTP Network, CN=AddTrust External CA Root', true, '\xbe7c02638978a1150547e10903c6670a6896ad039231c31a0d2bb179bd3f3510');
INSERT INTO printed_rows VALUES (2, '\xd84649e3dc5700d5d156552357317cf51eea0b37b13e758a600bdab4d4170468', 'ccab0ea04c2301d6697bdd379fcd12eb24e3949d', NULL, 'C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root', true, 'C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root', true, '\xae39e07f6e699cc3b2c84f15f8c7cdb035c6762fcc3daf9886d03938a783eaa4');
INSERT INTO printed_rows VALUES (3, '\xd277d79c3d1a46b6a45dab41934318cb456f96bb497df52280d75221c972523f', 'dac9024f54d8f6df94935fb1732638ca6ad77c13', NULL, 'O=Digital Signature Trust Co., CN=DST Root CA X3', true, 'O=Digital Signature Trust Co., CN=DST Root CA X3', true, '\xd3aee362ca5f564929a8f1da512659cff59ef0d1750c32d57253a3da6525f1de');
INSERT INTO printed_rows VALUES (4, '\x880180a7385e63554ba9861f973645ccee8fd95feb9ecb836ea59301ebb70338', '0123456789abcdef0123456789abcdef01234567', NULL, 'CN=Unheard Of', true, 'CN=Unheard Of', NULL, '\xf4a8c06279006d6516368a7ea491660c51cecb44a5d6e30055100ba453878cbd');
INSERT INTO printed_rows VALUES (5, '\x13dce076a9c5ba54a5a984e08cb1885cc9c5007d7b622eda25bcfc4920307da4', '0123456789abcdef0123456789abcdef01234567', NULL, 'CN=Unheard Of', false, 'CN=Unheard Of', NULL, '\xc508568b78785ffeaf31c0d418ec01a907be0e8e60be5049c8c989cf18f62c65');
INSERT INTO printed_rows VALUES (6, '\xef54db76d368e477fb657fab58e6f01fadfc249cf1e9ac6982cfe1c01c4f7275', 'cabd2a79a1076a31f21d253635cb039d4329a5e8', NULL, 'C=US, O=Internet Security Research Group, CN=ISRG Root X1', true, 'C=US, O=Internet Security Research Group, CN=ISRG Root X1', true, '\x55916d86996432a73c1eadd30c8afa52bdd287df10b72c4baadd6b40adb32a31');
INSERT INTO problems VALUES (1, 3, 'duplicate', 2, 'ISRG Root X1', 'Left out.', '\xfd13bff4bd2072bcf824bf97b9c926cf8cdcc291f531329bf088ca085c94355d');
INSERT INTO sightings VALUES ('02faf3e291435468607857694df5e45b68851868', 'mozilla', '2016-01-01', '2019-11-28', 'certifi 1 to certifi 2', '\xf7ca111ecdc498b903f4aa58091d16614cd5f9e2441e97d9dd6ee971a5dfacd5');
INSERT INTO sightings VALUES ('cabd2a79a1076a31f21d253635cb039d4329a5e8', 'mozilla', '2016-08-08', '2020-06-20', 'certifi 1 to certifi 3', '\x07a3b171052956e9665197415d0d659c6a7d103bb10a8add14b6e921b703c457');
INSERT INTO sightings VALUES ('cabd2a79a1076a31f21d253635cb039d4329a5e8', 'apple', '2017-01-01', '2020-01-01', 'sslyze 1 to sslyze 2', '\x60c0c5d9575f9e68fea12cbc9a535dcbbd788c09d0dfbd154e59ef149cddc16c');
INSERT INTO snapshots VALUES (1, 1, '8800', '12.7(1)', 12000700020000, 1, 4, '\x768718ec7df4ebf33d40354bf0e71b48639ec85c258721392bdd7a8da0f6712f', '2021-09-01 12:00:00+00', '\xa5f0fab571862b438868e9f6fd379490883d878f7c11a5694a0a30f586e3c3d9');
INSERT INTO snapshots VALUES (2, 2, '8800', '12.7(1)', 12000700020000, 2, 5, '\x03e40e261c9a19ef3ce2e59815a5445c4af7306df3e63ff0dd85c30d6d29cc21', '2021-09-01 12:00:00+00', '\x304f1bcfdb3ffdeabb6ce76a915161dd13b834d9658c377425eaf00bdc770614');
INSERT INTO snapshots VALUES (3, 3, '8800', '12.8(1)', 12000800020000, 1, 2, '\x113d37b991490d07b9b0ce59b88a46c5df382df51aa4c0a0f4362de888a86f87', '2021-09-01 12:00:00+00', '\x51e10cdda5304ab3620325566b173760d608c17f6e28927de02b2be28448211a');
INSERT INTO snapshots VALUES (4, 4, 'Room Kit', '12.7(1)', 12000700020000, 1, 1, '\xa2af41debfc7532c2581a0f3b494b9f875ed21428ed37528c12ce123c1becaa8', '2021-09-01 12:00:00+00', '\x72a045b3f096db52dd4b59f20bbd2f4250e70982ef21aa72360a36c7a014d096');
SELECT pg_catalog.setval('documents_id_seq', 4, true);
SELECT pg_catalog.setval('printed_rows_id_seq', 6, true);
SELECT pg_catalog.setval('problems_id_seq', 1, true);
SELECT pg_catalog.setval('snapshots_id_seq', 4, true);
ALTER TABLE ONLY alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY certificates
    ADD CONSTRAINT pk_certificates PRIMARY KEY (fingerprint);
ALTER TABLE ONLY documents
    ADD CONSTRAINT pk_documents PRIMARY KEY (id);
ALTER TABLE ONLY entries
    ADD CONSTRAINT pk_entries PRIMARY KEY (snapshot_id, printed_row_id);
ALTER TABLE ONLY lookups
    ADD CONSTRAINT pk_lookups PRIMARY KEY (fingerprint, source);
ALTER TABLE ONLY printed_rows
    ADD CONSTRAINT pk_printed_rows PRIMARY KEY (id);
ALTER TABLE ONLY problems
    ADD CONSTRAINT pk_problems PRIMARY KEY (id);
ALTER TABLE ONLY sightings
    ADD CONSTRAINT pk_sightings PRIMARY KEY (fingerprint, programme);
ALTER TABLE ONLY snapshots
    ADD CONSTRAINT pk_snapshots PRIMARY KEY (id);
ALTER TABLE ONLY certificates
    ADD CONSTRAINT uq_certificates_fingerprint_sha256 UNIQUE (fingerprint_sha256);
ALTER TABLE ONLY documents
    ADD CONSTRAINT uq_documents_sha256 UNIQUE (sha256);
ALTER TABLE ONLY printed_rows
    ADD CONSTRAINT uq_printed_rows_digest UNIQUE (digest);
ALTER TABLE ONLY snapshots
    ADD CONSTRAINT uq_snapshots_document_id_product_firmware UNIQUE (document_id, product, firmware);
ALTER TABLE ONLY snapshots
    ADD CONSTRAINT uq_snapshots_product_firmware_revision UNIQUE (product, firmware, revision);
CREATE INDEX ix_certificates_spki_sha256 ON certificates USING btree (spki_sha256);
CREATE INDEX ix_entries_printed_row_id_snapshot_id ON entries USING btree (printed_row_id, snapshot_id);
CREATE INDEX ix_printed_rows_fingerprint ON printed_rows USING btree (fingerprint);
CREATE INDEX ix_problems_document_id ON problems USING btree (document_id);
CREATE INDEX ix_sightings_programme_last_seen ON sightings USING btree (programme, last_seen);
CREATE INDEX ix_snapshots_firmware ON snapshots USING btree (firmware);
CREATE INDEX ix_snapshots_product_firmware_order ON snapshots USING btree (product, firmware_order);
ALTER TABLE ONLY entries
    ADD CONSTRAINT fk_entries_printed_row_id FOREIGN KEY (printed_row_id) REFERENCES printed_rows(id);
ALTER TABLE ONLY entries
    ADD CONSTRAINT fk_entries_snapshot_id FOREIGN KEY (snapshot_id) REFERENCES snapshots(id);
ALTER TABLE ONLY problems
    ADD CONSTRAINT fk_problems_document_id FOREIGN KEY (document_id) REFERENCES documents(id);
ALTER TABLE ONLY snapshots
    ADD CONSTRAINT fk_snapshots_document_id FOREIGN KEY (document_id) REFERENCES documents(id);
