-- A hospital's wards, admissions, bedside measurements, laboratory and medication rounds.

CREATE TABLE wards (
  ward_id       STRING  COMMENT 'Code of the ward, such as W01',
  ward_name     STRING  COMMENT 'Name of the ward (department, unit), such as Cardiology or Intensive Care',
  `floor`       INT     COMMENT 'Floor (storey) it is on',
  wing          STRING  COMMENT 'Wing of the building: north, south or west',
  beds          INT     COMMENT 'Number of beds (capacity)',
  has_telemetry BOOLEAN COMMENT 'True where beds are monitored by telemetry',
  PRIMARY KEY (ward_id) NOT ENFORCED
) COMMENT 'Wards of the hospital, one row each'
WITH (
  'connector' = 'filesystem',
  'path' = '${HOSPITAL_STREAMS}/wards',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE admissions (
  admission_id  STRING COMMENT 'Number of the admission (stay, case)',
  patient_id    STRING COMMENT 'Patient who was admitted; a patient may be admitted more than once',
  ward_id       STRING COMMENT 'Ward the patient lies on',
  age           INT    COMMENT 'Age of the patient in years',
  sex           STRING COMMENT 'Sex of the patient: female (women, girls) or male (men, boys)',
  insurance     STRING COMMENT 'Insurance of the patient: public or private; null where unknown',
  urgency       STRING COMMENT 'Urgency (triage): immediate, urgent or planned (elective)',
  diagnosis     STRING COMMENT 'Main diagnosis, such as pneumonia, stroke or fracture',
  admitted_at   TIMESTAMP_LTZ(3) COMMENT 'When the patient was admitted',
  discharged_at TIMESTAMP_LTZ(3) COMMENT 'When the patient was discharged (left); null while still in hospital',
  discharged_to STRING COMMENT 'Where the patient went: home, rehab or hospice; null while still in hospital',
  PRIMARY KEY (admission_id) NOT ENFORCED,
  WATERMARK FOR admitted_at AS admitted_at - INTERVAL '1' MINUTE
) COMMENT 'Admissions (hospital stays) of patients; a row may be delivered twice'
WITH (
  'connector' = 'filesystem',
  'path' = '${HOSPITAL_STREAMS}/admissions',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE vital_signs (
  reading_id  STRING COMMENT 'Number of the reading',
  patient_id  STRING COMMENT 'Patient who was measured',
  ward_id     STRING COMMENT 'Ward where it was measured',
  heart_rate  INT    COMMENT 'Heart rate (pulse) in beats per minute',
  spo2        INT    COMMENT 'Oxygen saturation in percent; null where the sensor was off',
  temp_c      DOUBLE COMMENT 'Body temperature in degrees Celsius; null where not taken. Fever is above 38',
  sys_bp      INT    COMMENT 'Systolic blood pressure in mmHg',
  resp_rate   INT    COMMENT 'Respiratory rate in breaths per minute',
  taken_by    STRING COMMENT 'Who took the reading: monitor or nurse',
  measured_at TIMESTAMP_LTZ(3) COMMENT 'When it was measured',
  PRIMARY KEY (reading_id) NOT ENFORCED,
  WATERMARK FOR measured_at AS measured_at - INTERVAL '30' SECOND
) COMMENT 'Vital signs (readings, observations) of patients; a row may be delivered twice'
WITH (
  'connector' = 'filesystem',
  'path' = '${HOSPITAL_STREAMS}/vitals',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE lab_results (
  result_id    STRING COMMENT 'Number of the laboratory result',
  admission_id STRING COMMENT 'Admission the sample belongs to',
  test         STRING COMMENT 'What was tested: potassium, sodium, haemoglobin, creatinine or lactate',
  `value`      DOUBLE COMMENT 'Value found, in the unit given; null while pending',
  unit         STRING COMMENT 'Unit of the value: mmol/L, g/dL or mg/dL',
  flag         STRING COMMENT 'Judgement of the value: normal, low, high or critical; null while pending',
  laboratory   STRING COMMENT 'Laboratory that ran it: central, emergency or point of care',
  collected_at TIMESTAMP_LTZ(3) COMMENT 'When the sample was collected (taken, drawn)',
  reported_at  TIMESTAMP_LTZ(3) COMMENT 'When the result was reported (ready); null while pending',
  PRIMARY KEY (result_id) NOT ENFORCED,
  WATERMARK FOR collected_at AS collected_at - INTERVAL '2' MINUTE
) COMMENT 'Laboratory results (lab tests, blood tests); a row may be delivered twice'
WITH (
  'connector' = 'filesystem',
  'path' = '${HOSPITAL_STREAMS}/lab-results',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE medication_doses (
  dose_id      STRING COMMENT 'Number of the dose',
  admission_id STRING COMMENT 'Admission of the patient the dose is for',
  drug         STRING COMMENT 'Drug (medicine, medication), such as paracetamol or heparin',
  dose_mg      DOUBLE COMMENT 'Amount of the drug in milligrams',
  route        STRING COMMENT 'Route: oral (by mouth), intravenous (IV), subcutaneous or inhaled',
  status       STRING COMMENT 'What became of it: given (administered), refused, withheld or missed',
  nurse        STRING COMMENT 'Last name of the nurse in charge; null where the dose was missed',
  note         STRING COMMENT 'Free remark of the nurse; mostly null',
  due_at       TIMESTAMP_LTZ(3) COMMENT 'When the dose was due (scheduled)',
  given_at     TIMESTAMP_LTZ(3) COMMENT 'When it was given; null where it was not',
  PRIMARY KEY (dose_id) NOT ENFORCED,
  WATERMARK FOR due_at AS due_at - INTERVAL '5' MINUTE
) COMMENT 'Doses of medication that were due to patients; a row may be delivered twice'
WITH (
  'connector' = 'filesystem',
  'path' = '${HOSPITAL_STREAMS}/doses',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
