-- How exactly a child's birth date is known: '' to the day; else the month, the
-- year, or a year guessed from the child's looks. The column born then holds the
-- last day it may be (of a guess: of the guessed year), so that nobody counts as
-- older than is certain. What is on file already is known to the day.
ALTER TABLE child ADD COLUMN born_known TEXT NOT NULL DEFAULT '' CHECK (born_known IN ('', 'month', 'year', 'estimate'));
