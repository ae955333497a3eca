"""What Flink calls the functions and types of other dialects.

A form is a format string over the arguments; `functions.py` reads it. Where the arguments have to
be looked at (units, patterns), a function in `time_forms.py` writes the form instead.
"""

from __future__ import annotations

from collections.abc import Mapping

FUNCTIONS: Mapping[str, str] = {
    # Text
    "LEN": "CHAR_LENGTH({0})",
    "LENGTH": "CHAR_LENGTH({0})",
    "DATALENGTH": "CHAR_LENGTH({0})",
    "MID": "SUBSTRING({0}, {1}, {2})",
    "CHARINDEX": "LOCATE({0}, {1})",
    "STRPOS": "INSTR({0}, {1})",
    "CONTAINS": "INSTR({0}, {1}) > 0",
    "STARTS_WITH": "STARTSWITH({0}, {1})",
    "ENDS_WITH": "ENDSWITH({0}, {1})",
    "UCASE": "UPPER({0})",
    "LCASE": "LOWER({0})",
    "SPLIT_PART": "SPLIT_INDEX({0}, {1}, {2} - 1)",
    "REGEXP_LIKE": "REGEXP({0}, {1})",
    "REGEXP_MATCHES": "REGEXP({0}, {1})",
    "RLIKE": "REGEXP({0}, {1})",
    "NEWID": "UUID()",
    "GEN_RANDOM_UUID": "UUID()",
    "FORMAT_STRING": "PRINTF({all})",
    # Nulls and conditions
    "NVL": "COALESCE({0}, {1})",
    "NVL2": "CASE WHEN {0} IS NOT NULL THEN {1} ELSE {2} END",
    "ZEROIFNULL": "COALESCE({0}, 0)",
    "NULLIFZERO": "NULLIF({0}, 0)",
    "IIF": "CASE WHEN {0} THEN {1} ELSE {2} END",
    # Aggregates
    "GROUP_CONCAT": "LISTAGG({0}, ',')",
    "STRING_AGG": "LISTAGG({0}, {1})",
    "COLLECT_LIST": "ARRAY_AGG({0})",
    "COLLECT_SET": "ARRAY_AGG(DISTINCT {0})",
    "JSON_AGG": "JSON_ARRAYAGG({0})",
    "MEDIAN": "PERCENTILE({0}, 0.5)",
    "QUANTILE": "PERCENTILE({0}, {1})",
    "APPROX_PERCENTILE": "PERCENTILE({0}, {1})",
    "PERCENTILE_APPROX": "PERCENTILE({0}, {1})",
    "ANY_VALUE": "FIRST_VALUE({0})",
    "ARBITRARY": "FIRST_VALUE({0})",
    "APPROX_DISTINCT": "COUNT(DISTINCT {0})",
    "COUNT_IF": "COUNT(*) FILTER (WHERE {0})",
    "COUNTIF": "COUNT(*) FILTER (WHERE {0})",
    "SUM_IF": "SUM({0}) FILTER (WHERE {1})",
    "STDEV": "STDDEV_SAMP({0})",
    "BOOL_OR": "COUNT(*) FILTER (WHERE {0}) > 0",
    "LOGICAL_OR": "COUNT(*) FILTER (WHERE {0}) > 0",
    "BOOL_AND": "COUNT(*) FILTER (WHERE NOT ({0})) = 0",
    "LOGICAL_AND": "COUNT(*) FILTER (WHERE NOT ({0})) = 0",
    # Numbers
    "POW": "POWER({0}, {1})",
    "RANDOM": "RAND()",
    "SAFE_DIVIDE": "{0} / NULLIF({1}, 0)",
    "CBRT": "POWER({0}, 1.0 / 3)",
    "SQUARE": "POWER({0}, 2)",
    "TO_NUMBER": "CAST({0} AS DECIMAL(18, 2))",
    "STR": "CAST({0} AS STRING)",
    # Structures
    "JSON_EXTRACT": "JSON_QUERY({0}, {1})",
    "JSON_EXTRACT_SCALAR": "JSON_VALUE({0}, {1})",
    "GET_JSON_OBJECT": "JSON_VALUE({0}, {1})",
    "ARRAY": "ARRAY[{all}]",
    "MAP": "MAP[{all}]",
    "ARRAY_LENGTH": "CARDINALITY({0})",
    "ARRAY_SIZE": "CARDINALITY({0})",
    "SIZE": "CARDINALITY({0})",
    "STRUCT": "ROW({all})",
    # Now and today
    "GETDATE": "CURRENT_TIMESTAMP",
    "SYSDATE": "CURRENT_TIMESTAMP",
    "SYSTIMESTAMP": "CURRENT_TIMESTAMP",
    "UTC_TIMESTAMP": "CURRENT_TIMESTAMP",
    "CURRENT_DATETIME": "CURRENT_TIMESTAMP",
    "TODAY": "CURRENT_DATE",
    "CURDATE": "CURRENT_DATE",
    "CURTIME": "CURRENT_TIME",
    # Parts and conversions of time
    "DATE": "CAST({0} AS DATE)",
    "TIME": "CAST({0} AS TIME)",
    "TIMESTAMP": "CAST({0} AS TIMESTAMP(3))",
    "DAY": "EXTRACT(DAY FROM {0})",
    "WEEKDAY": "DAYOFWEEK({0})",
    "DAYNAME": "DATE_FORMAT({0}, 'EEEE')",
    "MONTHNAME": "DATE_FORMAT({0}, 'MMMM')",
    "UNIX_SECONDS": "EXTRACT(EPOCH FROM {0})",
    "UNIX_MILLIS": "EXTRACT(EPOCH FROM {0}) * 1000",
    "TO_UNIXTIME": "EXTRACT(EPOCH FROM {0})",
    "MAKE_DATE": "TO_DATE(CONCAT_WS('-', CAST({0} AS STRING), CAST({1} AS STRING), "
    "CAST({2} AS STRING)))",
    "LAST_DAY": "CAST(CEIL(CAST({0} AS TIMESTAMP(3)) TO MONTH) AS DATE) - INTERVAL '1' DAY",
    "ADD_MONTHS": "TIMESTAMPADD(MONTH, {1}, {0})",
}

# A call whose name is a keyword of Flink, so that only its form tells it from other uses.
KEYWORD_CALLS = frozenset({"DATE", "TIME", "TIMESTAMP", "DAY"})

TYPES: Mapping[str, str] = {
    "TEXT": "STRING",
    "NVARCHAR": "STRING",
    "VARCHAR2": "STRING",
    "BOOL": "BOOLEAN",
    "INT2": "SMALLINT",
    "INT4": "INT",
    "INT8": "BIGINT",
    "INT32": "INT",
    "INT64": "BIGINT",
    "LONG": "BIGINT",
    "SIGNED": "BIGINT",
    "UNSIGNED": "BIGINT",
    "NUMBER": "DECIMAL(18, 2)",
    "REAL": "FLOAT",
    "FLOAT4": "FLOAT",
    "FLOAT8": "DOUBLE",
    "FLOAT64": "DOUBLE",
    "DATETIME": "TIMESTAMP(3)",
    "TIMESTAMPTZ": "TIMESTAMP_LTZ(3)",
    "TIMESTAMP_NTZ": "TIMESTAMP(3)",
    "DATETIME2": "TIMESTAMP(3)",
}
