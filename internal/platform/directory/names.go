package directory

import "strings"

// Full is the whole name as it stands on papers.
func (n Name) Full() string {
	return strings.Join(strings.Fields(n.Family+" "+n.Given+" "+n.Patronymic), " ")
}

// Post is what the person is, in a language; papers and English read Russian.
func (n Name) Post(lang string) string {
	if lang == "kk" {
		return n.PostKK
	}
	return n.PostRU
}

// Name is the territory's name in a language.
func (t Territory) Name(lang string) string {
	switch lang {
	case "kk":
		return t.NameKK
	case "ru":
		return t.NameRU
	}
	return t.NameEN
}

// OwnSession is the action that everybody has: one's own account and day.
const OwnSession = ownSession
