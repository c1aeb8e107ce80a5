package id

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// IIN is the individual identification number (ИИН, ЖСН): twelve digits with a
// checksum, "" for none. It names a person: never in a log, URL or fault; on a
// page as Masked. A child may have none (a newborn, no papers, a foreigner).
type IIN string

// Why a text is no IIN; the text of each is the key of its words.
var (
	ErrIINLength   = errors.New("iin.length")
	ErrIINDigits   = errors.New("iin.digits")
	ErrIINChecksum = errors.New("iin.checksum")
)

const iinLength = 12

// ParseIIN reads an IIN; blanks around it do not count. It holds the number to
// its checksum in two passes (Government decree of 11 June 2003 No 565, by two
// public implementations; the act itself was not read). It does not hold it to
// a birth date: Birth tells what the number says of it.
//
// Faults: ErrIINLength, ErrIINDigits, ErrIINChecksum.
func ParseIIN(s string) (IIN, error) {
	s = strings.TrimSpace(s)
	for _, r := range s {
		if r < '0' || r > '9' {
			return "", ErrIINDigits
		}
	}
	if len(s) != iinLength {
		return "", ErrIINLength
	}
	c := checksum(s, [...]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	if c == 10 {
		c = checksum(s, [...]int{3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2})
	}
	if c != int(s[iinLength-1]-'0') {
		return "", ErrIINChecksum
	}
	return IIN(s), nil
}

func checksum(s string, weights [iinLength - 1]int) int {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum % 11
}

// Birth is year, month and day of the birth as the number says them; not ok
// when its century digit is none of 1 to 6 or there is no such day.
func (i IIN) Birth() (int, int, int, bool) {
	if len(i) != iinLength || i[6] < '1' || i[6] > '6' {
		return 0, 0, 0, false
	}
	n, err := strconv.Atoi(string(i[:6]))
	if err != nil || n < 0 {
		return 0, 0, 0, false
	}
	y, m, d := 1800+100*int((i[6]-'1')/2)+n/10000, n/100%100, n%100
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return 0, 0, 0, false
	}
	return y, m, d, true
}

// Sex is "m" or "f" as the century digit says, or "" when it does not.
func (i IIN) Sex() string {
	if len(i) != iinLength || i[6] < '1' || i[6] > '6' {
		return ""
	}
	if (i[6]-'0')%2 == 1 {
		return "m"
	}
	return "f"
}

// Masked shows the last five digits only: enough to compare with a paper.
func (i IIN) Masked() string {
	if len(i) != iinLength {
		return ""
	}
	return strings.Repeat("•", iinLength-5) + string(i[iinLength-5:])
}
