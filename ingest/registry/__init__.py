"""Schema Registry to table files: what `tributary tables import` asks for and writes.

    client        a registry over HTTP: subjects, their schemas, the schemas they refer to
    cluster       the Kafka cluster: which topics are compacted, how records are framed
    avro, json_schema   one schema -> `Relation`: columns with Flink types
    avro_numbers  Avro types that are read as numbers, and what is made of these
    avro_text     Avro schemas parsed, and made whole where they refer to others
    event_time    which column tells when a record happened
    draft         the two relations of a topic, its key and its value -> `Draft`: one table
    rendering     `Draft` -> the text of a table file
    evolution     two versions of a schema -> what one can read of the other

Nothing here reads or writes a table file: `app.table_imports` does, and knows Flink's grammar.
"""
