-- A university: courses, enrolments, exam results, library loans and badge swipes at its doors.
-- About two thirds of the columns are documented.

CREATE TABLE courses (
  course_code    STRING COMMENT 'Code such as CS-101; the letters stand for the subject',
  title          STRING COMMENT 'Name of the course (class, module)',
  faculty        STRING COMMENT 'Engineering, Science, Humanities, Law, Medicine or Business',
  lecturer       STRING,
  ects           INT COMMENT 'Credits (credit points) that the course is worth',
  capacity       INT COMMENT 'Places there are, at most',
  delivery       STRING COMMENT 'on_campus, online (remote) or hybrid',
  is_elective    BOOLEAN,
  enrol_deadline DATE COMMENT 'Last day on which students can enrol',
  PRIMARY KEY (course_code) NOT ENFORCED
) COMMENT 'Course catalogue of the coming term: one row for each course'
WITH (
  'connector' = 'filesystem',
  'path' = '${UNIVERSITY_STREAMS}/courses',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE enrolments (
  enrolment_id     STRING,
  student_id       STRING,
  course_code      STRING COMMENT 'Course that the student enrolled in (signed up for)',
  programme        STRING COMMENT 'Degree programme of the student, such as BSc Physics',
  study_year       INT COMMENT 'Year of study the student is in, from 1',
  is_exchange      BOOLEAN COMMENT 'True for guests from a partner university (exchange students)',
  enrolled_via     STRING,
  enrol_status     STRING COMMENT 'enrolled, waitlisted (on the waiting list) or dropped (withdrawn)',
  fee_eur          DECIMAL(8, 2) COMMENT 'Course fee in EUR',
  scholarship_code STRING COMMENT 'Scholarship that covers the fee; null for those who pay themselves',
  enrolled_at      TIMESTAMP_LTZ(3),
  dropped_at       TIMESTAMP_LTZ(3) COMMENT 'When the course was dropped; null unless it was',
  PRIMARY KEY (enrolment_id) NOT ENFORCED,
  WATERMARK FOR enrolled_at AS enrolled_at - INTERVAL '1' MINUTE
) COMMENT 'Enrolments of students in courses; a message may come more than once'
WITH (
  'connector' = 'filesystem',
  'path' = '${UNIVERSITY_STREAMS}/enrolments',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE exam_results (
  result_id    BIGINT COMMENT 'One exam (paper) of one student',
  student_id   STRING,
  course_code  STRING,
  exam_format  STRING,
  attempt      INT COMMENT '1 = first try, 2 and 3 = resits',
  examiner     STRING COMMENT 'Who marks the paper',
  score        DOUBLE COMMENT 'Mark in points from 0 to 100, 50 to pass; null for absent and pending',
  grade        STRING COMMENT 'A, B, C, D or F (fail)',
  outcome      STRING COMMENT 'passed, failed, absent (did not show up) or pending (not marked yet)',
  submitted_at TIMESTAMP_LTZ(3) COMMENT 'When the paper was handed in; for absentees the end of the exam',
  marked_at    TIMESTAMP_LTZ(3) COMMENT 'When the result was published; null until then',
  PRIMARY KEY (result_id) NOT ENFORCED,
  WATERMARK FOR submitted_at AS submitted_at - INTERVAL '1' MINUTE
) COMMENT 'Exams taken in the resit period, and their results'
WITH (
  'connector' = 'filesystem',
  'path' = '${UNIVERSITY_STREAMS}/exam_results',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE library_loans (
  loan_id     STRING,
  student_id  STRING COMMENT 'Borrower',
  barcode     STRING COMMENT 'The very copy or device that was lent',
  item_title  STRING,
  item_type   STRING COMMENT 'book, laptop, journal or dvd',
  branch      STRING COMMENT 'Library that lent it: Central, Science, Law or Medical',
  desk        STRING,
  renewals    INT COMMENT 'How often the loan was extended',
  fine_eur    DECIMAL(6, 2) COMMENT 'Fine for a late or damaged return; null where there is none',
  due_on      DATE,
  loaned_at   TIMESTAMP_LTZ(3) COMMENT 'When it was borrowed (checked out)',
  returned_at TIMESTAMP_LTZ(3) COMMENT 'When it came back; null while it is out',
  PRIMARY KEY (loan_id) NOT ENFORCED,
  WATERMARK FOR loaned_at AS loaned_at - INTERVAL '30' SECOND
) COMMENT 'Library loans (checkouts); a row may be repeated'
WITH (
  'connector' = 'filesystem',
  'path' = '${UNIVERSITY_STREAMS}/library_loans',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE badge_swipes (
  swipe_id           BIGINT,
  badge_no           STRING COMMENT 'Number of the badge (access card)',
  holder_type        STRING COMMENT 'student, staff, contractor or visitor',
  student_id         STRING COMMENT 'null where the holder is no student',
  building           STRING,
  door               STRING,
  direction          STRING COMMENT 'in (entering) or out (leaving)',
  is_granted         BOOLEAN COMMENT 'False where the door stayed shut (access denied)',
  deny_reason        STRING,
  reader_battery_pct INT COMMENT 'Charge of the battery in the door''s reader, in percent',
  swiped_at          TIMESTAMP_LTZ(3),
  PRIMARY KEY (swipe_id) NOT ENFORCED,
  WATERMARK FOR swiped_at AS swiped_at - INTERVAL '10' SECOND
) COMMENT 'Badges held to a door reader'
WITH (
  'connector' = 'filesystem',
  'path' = '${UNIVERSITY_STREAMS}/badge_swipes',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
