package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Token is the commands over the tokens by which programs act as a person.
type Token struct {
	Create TokenCreate `cmd:"" help:"Make a token for a person and print it, once."`
	List   TokenList   `cmd:"" help:"List the tokens."`
	Revoke TokenRevoke `cmd:"" help:"End a token at once."`
}

// TokenCreate makes a token.
type TokenCreate struct {
	Where
	Login    string `arg:"" help:"Login of the person as whom the program acts."`
	Name     string `required:"" help:"What the token is for."`
	Days     int    `default:"90" help:"Days until it expires, at most the norm token.max_days."`
	ReadOnly bool   `help:"The token looks and changes nothing."`
}

// Run makes it and prints the secret alone, for a file or a pipe.
func (c *TokenCreate) Run(ctx context.Context, w Ways) error {
	var secret string
	key := id.New()
	err := c.on(ctx, w, c.Login, func(ctx context.Context, a *act.Act, person id.ID) error {
		var err error
		_, secret, err = directory.CreateToken(ctx, a, directory.NewToken{ID: key, Person: person, Name: c.Name, Days: c.Days, ReadOnly: c.ReadOnly})
		return err
	})
	if err == nil {
		fmt.Fprintln(w.Out, secret)
	}
	return err
}

// TokenList lists tokens.
type TokenList struct {
	Where
	Login string `arg:"" optional:"" help:"Only of this person."`
	JSON  bool   `name:"json" help:"Print one JSON value."`
}

// listedToken is one token as a program reads it.
type listedToken struct {
	ID       id.ID      `json:"id"`
	Login    string     `json:"login"`
	Name     string     `json:"name"`
	Prefix   string     `json:"prefix"`
	ReadOnly bool       `json:"read_only"`
	Expires  time.Time  `json:"expires"`
	Used     *time.Time `json:"used"`
	State    string     `json:"state"` // live, expired, revoked
}

// Run prints them, the newest first.
func (c *TokenList) Run(ctx context.Context, w Ways) error {
	return looked(ctx, c.Where, w, c.JSON, c.rows, func(k listedToken) []string {
		return []string{k.ID.String(), k.Prefix + "…", k.Login, k.State, k.Expires.Format(time.DateOnly), "used " + instant(k.Used), k.Name}
	})
}

func (c *TokenList) rows(ctx context.Context, v *act.View) ([]listedToken, error) {
	var person id.ID
	if c.Login != "" {
		var err error
		if person, err = personOf(ctx, v, c.Login); err != nil {
			return nil, err
		}
	}
	all, err := directory.Tokens(ctx, v, person)
	if err != nil {
		return nil, err
	}
	var out []listedToken
	loginOf := logins(ctx, v)
	for _, k := range all {
		login, err := loginOf(k.Person)
		if err != nil {
			return nil, err
		}
		state := "live"
		switch {
		case k.RevokedAt != nil:
			state = "revoked"
		case !k.Live(v.Now()):
			state = "expired"
		}
		out = append(out, listedToken{ID: k.ID, Login: login, Name: k.Name, Prefix: k.Prefix, ReadOnly: k.ReadOnly,
			Expires: k.ExpiresAt, Used: k.UsedAt, State: state})
	}
	return out, nil
}

// TokenRevoke ends a token.
type TokenRevoke struct {
	Where
	Token string `arg:"" help:"Its identifier, or its beginning as listed."`
}

// Run ends it at once.
func (c *TokenRevoke) Run(ctx context.Context, w Ways) error {
	return c.act(ctx, w, func(ctx context.Context, a *act.Act) error {
		key, err := c.find(ctx, &a.View)
		if err != nil {
			return err
		}
		return directory.RevokeToken(ctx, a, key)
	})
}

func (c *TokenRevoke) find(ctx context.Context, v *act.View) (id.ID, error) {
	if key, err := id.Parse(c.Token); err == nil {
		return key, nil
	}
	all, err := directory.Tokens(ctx, v, "")
	if err != nil {
		return "", err
	}
	var found id.ID
	for _, k := range all {
		if len(c.Token) >= 8 && strings.HasPrefix(k.Prefix, c.Token) && k.Live(v.Now()) {
			if found != "" {
				return "", usageError{"several tokens begin so, give the identifier"}
			}
			found = k.ID
		}
	}
	if found == "" {
		return "", fault.Missing()
	}
	return found, nil
}
