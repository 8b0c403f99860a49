-- So that the merges are planned for the size of this book.
ANALYZE pg_temp.stage;
