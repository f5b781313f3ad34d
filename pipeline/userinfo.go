package pipeline

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// errUserinfo means that an address does not tell where its user name and password end. What the text is stays out of it: it has a password.
var errUserinfo = errors.New("it does not tell where user name and password end: write what is special in them as %XX, " +
	"such as %23 for #, %2F for /, %3A for :, %3F for ?, %40 for @")

// parseAddress reads the address of a camera as people write it and as VLC and ffmpeg take it: user name and password may have @ # & ; ! and
// other reserved characters as they are. canonical is the address with these as %XX, so that GStreamer reads the same. Where an address could
// be read in two ways, one of which would take a part of a password for a host, it is an error that wraps errUserinfo.
func parseAddress(text string) (u *url.URL, canonical string, err error) {
	scheme, rest, _ := strings.Cut(text, "://")
	user, rest, err := cutUser(rest)
	if err != nil {
		return nil, "", err
	}
	canonical = scheme + "://" + rest
	if user != nil {
		canonical = scheme + "://" + user.String() + "@" + rest
	}
	if u, err = url.Parse(canonical); err != nil {
		return nil, "", errUserinfo // url.Parse's own words may hold a part of a password
	}
	return u, canonical, nil
}

// cutUser cuts user name and password off what follows an address's scheme. They end at the last @ before the first slash.
func cutUser(rest string) (*url.Userinfo, string, error) {
	authority, path := rest, ""
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		authority, path = rest[:slash], rest[slash:]
	}
	at := strings.LastIndexByte(authority, '@')
	end := strings.IndexAny(authority, "?#") // where a query may begin, if this is no part of a password
	switch {
	case at < 0:
		if end >= 0 {
			authority, path = authority[:end], authority[end:]+path
		}
		if reachesBehind(authority, path, false) {
			return nil, "", errUserinfo
		}
		return nil, rest, nil
	case end >= 0 && end < at && couldBeHost(authority[:end]):
		return nil, "", errUserinfo // host?a@b, or user?a@b: who knows
	case reachesBehind(authority[at+1:], path, strings.Contains(authority[:at], ":")):
		return nil, "", errUserinfo
	}
	name, password, has := strings.Cut(authority[:at], ":")
	if !has {
		return url.User(unescaped(name)), rest[at+1:], nil
	}
	return url.UserPassword(unescaped(name), unescaped(password)), rest[at+1:], nil
}

// couldBeHost says whether what stands before a ? or # could be a whole authority: a host with a port or without, behind a user or not.
func couldBeHost(authority string) bool {
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	_, port, has := strings.Cut(host, ":")
	return strings.HasPrefix(host, "[") || !has || digits(port)
}

// reachesBehind says whether an @ behind the first slash, ? or # may be the one that ends a password which has such a character in it. password
// says that one has begun; without, there is none but behind a colon; what stands before the slash is no user name when it is an address, and hardly when it is a name with dots
// and no host follows the @.
func reachesBehind(authority, behind string, password bool) bool {
	before, after, has := strings.Cut(behind, "@")
	if !has || isAddress(authority) || !password && !strings.Contains(authority+before, ":") {
		return false
	}
	host := after[strings.LastIndexByte(after, '@')+1:]
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	return !isDotted(authority) || isAddress(host) || isDotted(host)
}

// isAddress says whether a text is an IP address or localhost, with a port or without.
func isAddress(text string) bool {
	if strings.HasPrefix(text, "[") {
		return true
	}
	name := hostOf(text)
	_, err := netip.ParseAddr(name)
	return err == nil || name == "localhost"
}

// isDotted says whether a text is a name with dots in it, with a port or without.
func isDotted(text string) bool { return strings.Contains(strings.Trim(hostOf(text), "."), ".") }

// hostOf is a host without its port; "" when what follows the colon is none.
func hostOf(text string) string {
	name, port, has := strings.Cut(text, ":")
	if has && !digits(port) {
		return ""
	}
	return name
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// unescaped takes %XX for what it stands for; a text where that means nothing is meant as it is.
func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
