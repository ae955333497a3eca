-- A chain of animal clinics: the register of animals, visits, vaccinations and the monitors in its
-- wards. About two thirds of the columns are documented.

CREATE TABLE pets (
  pet_id      STRING,
  pet_name    STRING,
  species     STRING COMMENT 'dog, cat, rabbit, bird, ferret or tortoise',
  breed       STRING,
  sex         STRING COMMENT 'f (female) or m (male)',
  dob         DATE COMMENT 'Date of birth, estimated for strays',
  is_neutered BOOLEAN COMMENT 'Spayed or castrated',
  chip_no     STRING COMMENT 'Number of the microchip; null where the animal is not chipped',
  owner_id    STRING COMMENT 'Owner (client) who brings the animal',
  owner_city  STRING,
  insurer     STRING COMMENT 'Company of the pet insurance; null for uninsured animals',
  PRIMARY KEY (pet_id) NOT ENFORCED
) COMMENT 'Register of the animals we look after, as it stands now: one row per animal'
WITH (
  'connector' = 'filesystem',
  'path' = '${PETCARE_STREAMS}/pets',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE visits (
  visit_no      BIGINT,
  pet_id        STRING COMMENT 'The patient',
  clinic        STRING COMMENT 'Branch: Harbour, Oak Street, Northgate, Millfield or Riverside',
  vet           STRING COMMENT 'Veterinarian in charge',
  reason        STRING COMMENT 'checkup, vaccination, emergency, surgery, dental or skin',
  triage        INT COMMENT 'Urgency from 1 (life-threatening) to 5 (can wait)',
  is_walk_in    BOOLEAN COMMENT 'True where nobody had made an appointment',
  weight_kg     DOUBLE COMMENT 'Weight on the scale; null where the animal was not weighed',
  diagnosis     STRING COMMENT 'Free text; null where nothing was found, or not yet',
  bill_eur      DECIMAL(9, 2) COMMENT 'Invoice total in EUR; null until the animal is discharged',
  paid_by       STRING COMMENT 'card, cash, transfer or insurer; null while unpaid',
  arrived_at    TIMESTAMP_LTZ(3) COMMENT 'Check-in at the front desk',
  seen_at       TIMESTAMP_LTZ(3) COMMENT 'When the vet took over; null while still in the waiting room',
  discharged_at TIMESTAMP_LTZ(3) COMMENT 'When the animal went home; null while it is with us',
  PRIMARY KEY (visit_no) NOT ENFORCED,
  WATERMARK FOR arrived_at AS arrived_at - INTERVAL '1' MINUTE
) COMMENT 'Visits (consultations) at the clinics; a row may come twice'
WITH (
  'connector' = 'filesystem',
  'path' = '${PETCARE_STREAMS}/visits',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE vaccinations (
  dose_id      STRING COMMENT 'One dose (jab, shot)',
  pet_id       STRING,
  clinic       STRING,
  vaccine      STRING COMMENT 'Such as Rabies or FeLV',
  manufacturer STRING,
  lot_no       STRING COMMENT 'Batch the dose was taken from',
  nurse        STRING COMMENT 'Who gave it',
  dose_ml      DOUBLE,
  price_eur    DECIMAL(6, 2) COMMENT 'What the owner pays for the dose',
  side_effect  STRING COMMENT 'Adverse reaction: swelling, fever, vomiting or anaphylaxis; null where there was none',
  next_due     DATE COMMENT 'Day on which the booster is due',
  given_at     TIMESTAMP_LTZ(3),
  PRIMARY KEY (dose_id) NOT ENFORCED,
  WATERMARK FOR given_at AS given_at - INTERVAL '30' SECOND
) COMMENT 'Vaccine doses given; retries of the handheld repeat a row'
WITH (
  'connector' = 'filesystem',
  'path' = '${PETCARE_STREAMS}/vaccinations',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE ward_vitals (
  reading_id  BIGINT,
  clinic      STRING,
  cage        STRING COMMENT 'Cage in the ward, such as HA-2',
  pet_id      STRING COMMENT 'Inpatient that lies in the cage',
  heart_bpm   INT COMMENT 'Heart rate (pulse) in beats per minute',
  temp_c      DOUBLE COMMENT 'Body temperature in degrees Celsius',
  spo2_pct    INT COMMENT 'Oxygen saturation; null where the clip came off',
  fluid_ml    INT COMMENT 'Infusion given since the reading before',
  alarm       STRING COMMENT 'tachycardia, fever or low_oxygen; null for no alarm',
  measured_at TIMESTAMP_LTZ(3),
  PRIMARY KEY (reading_id) NOT ENFORCED,
  WATERMARK FOR measured_at AS measured_at - INTERVAL '10' SECOND
) COMMENT 'Readings of the monitors at the cages'
WITH (
  'connector' = 'filesystem',
  'path' = '${PETCARE_STREAMS}/ward_vitals',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
