"""Files of word vectors, one format a file; `registry` knows them all."""
