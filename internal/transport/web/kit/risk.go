package kit

// Risk is the level of risk of a case as a tag: the word and its weight.
func (q *Req) Risk(level string) *Tag {
	weight := map[string]Level{"high": Wait, "acute": Danger}[level]
	return &Tag{Text: q.T.T("risk." + level), Level: levelOr(weight)}
}
