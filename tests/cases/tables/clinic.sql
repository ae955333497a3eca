-- A laboratory: comments that say codes, conditions and nulls, for the semantic parser's tests.

CREATE TABLE lab_tests (
  test_id       STRING           COMMENT 'Number of the test',
  ward          STRING           COMMENT 'Ward that sent the sample',
  ward_grp      STRING           COMMENT 'Ward group: surgery, medicine or paediatrics',
  origin        STRING           COMMENT 'Country of the patient: DE = Germany, CH = Switzerland or US = United States',
  reject_reason STRING           COMMENT 'Why it was rejected: wrong_tube, lab_error or expired_swab; null otherwise',
  `result`        STRING           COMMENT 'Result: positive, negative or missing; null while the test is pending',
  urgent        BOOLEAN          COMMENT 'True where a doctor ordered it as an emergency',
  level         INT              COMMENT 'Level of the finding from 1 (low) to 5 (high)',
  wait_min      INT              COMMENT 'Waiting time in minutes',
  done_at       TIMESTAMP_LTZ(3) COMMENT 'When it was done',
  PRIMARY KEY (test_id) NOT ENFORCED,
  WATERMARK FOR done_at AS done_at - INTERVAL '1' MINUTE
) COMMENT 'Lab tests (examinations, analyses) of patients'
WITH ('connector' = 'datagen', 'number-of-rows' = '10');
