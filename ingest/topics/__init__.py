"""Documents from a Kafka topic, kept in the index beside those of files.

**An event** is one state of one document. Its key is the document's name, in UTF-8; the index knows
it as `kafka://TOPIC/KEY`. A null value (a tombstone) deletes the document. Any other value is:

- by its `content-type` header: `text/plain`, `text/markdown` or `text/html`, the text itself;
  `application/json`, an object (below); anything else cannot be read;
- without that header: an object where its first character other than a blank is `{`, else the text
  itself, Markdown or HTML where the key ends as such a file's name, or plain.

The object has the text in `text` or `content`, and may have `title` (for a text without a heading),
`tags` (a list, or words with commas between), `modified` (ISO 8601, or milliseconds since 1970;
else the record's timestamp counts), `access` (a label, for where no access rule gives one) and
`kind` (`text`, `markdown` or `html`). Other fields are passed over.

**Each event counts once.** The index's SQLite file says how far it has come in each partition, in
the same transaction as the documents; a consumer starts there, whatever the group has committed. So
an event that comes again, after a crash or from a consumer that lost its partition, is known by its
leader epoch and offset. By its offset alone it would not be: where Kafka loses the end of a log,
other events come to stand there, which are read, too. Of two events of a key in different
partitions (partitions were added) the younger counts.

**A poison event**, one that cannot be read, becomes a *dead letter*, and later events of its key
are *parked* behind it until it is retried, repaired or not, or skipped. A key has one open letter,
its first poison event; one that turns up before it, from another partition, is that from then on,
and the other waits. Both are produced to the topic `TOPIC.deadletters` and acknowledged there
before the index says that they are dealt with. The index's SQLite file holds them too, and is what
is asked: whether a key is blocked is then known in the transaction that would write its documents,
whichever process that is, and `retry` and `skip` are done under the index's lock, with no word to
running consumers. The dead-letter topic is the record that outlives the index: a new one takes open
letters and what became of closed ones from there, so that the events, read again, come to the same
end.
"""
