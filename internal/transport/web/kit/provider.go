package kit

// Provider is a provider of identities that may vouch for people here
// (OpenID Connect); without an issuer there is none.
type Provider struct {
	Issuer string // its address: who it is
	Client string // what it calls this site
	Secret string
	Name   string // as people call it
}
