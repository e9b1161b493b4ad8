"""The few words of curl that the README's tour uses, for machines that have no curl."""

import argparse
import sys
import urllib.error
import urllib.parse
import urllib.request


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("-sS", action="store_true")
    parser.add_argument("--fail-with-body", action="store_true")
    parser.add_argument("-G", action="store_true")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-X")
    parser.add_argument("-d")
    parser.add_argument("--data-urlencode", action="append", default=[])
    parser.add_argument("url")
    args = parser.parse_args()
    pairs = [one.partition("=")[::2] for one in args.data_urlencode]
    url = f"{args.url}?{urllib.parse.urlencode(pairs)}" if args.G else args.url
    headers = dict(one.split(": ", 1) for one in args.H)
    body = args.d.encode() if args.d is not None else None
    request = urllib.request.Request(url, body, headers, method=args.X or ("POST" if body else "GET"))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            sys.stdout.write(answer.read().decode())
    except urllib.error.HTTPError as error:
        sys.stdout.write(error.read().decode())
        return 22
    return 0


sys.exit(main())
