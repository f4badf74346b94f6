#!/usr/bin/env bash
# Addresses of IPv6 as written by npm's ip6addr 0.2.5 and ip 2.0.1, Perl's NetAddr::IP 4.079 (Debian 12's libnetaddr-ip-perl
# 4.079+dfsg-2+b1), short, and Net::IP 1.26 (libnet-ip-perl 1.26-3), short, beside Python's ipaddress.
# Expected: the one form of RFC 5952, so that texts of equal addresses are equal: lower case, the longest run of zeros as ::, never a single one.
# Seen: ip6addr writes a single zero as ::, ip the first run instead of the longest, NetAddr::IP capitals; each is the same address and
#   another text. Who looks for an address in a list, a log or another program's answer by its text does not find it,
#   for some addresses only. Net::IP, Python's, Erlang's inet and Ruby's IPAddr write the form of the RFC.
# Output: python: 2001:db8:0:1:1:1:1:1 1:2:3:4:5:6:7:0 1:0:0:2::3, Net::IP: the same, ip: ... 1::2:0:0:0:3,
#   ip6addr: 2001:db8::1:1:1:1:1 1:2:3:4:5:6:7:: ..., NetAddr::IP: 2001:DB8:0:1:1:1:1:1 ...
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libnetaddr-ip-perl=4.079+dfsg-2+b1 libnet-ip-perl=1.26-3 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
npm install --silent --no-fund --no-audit --ignore-scripts ip6addr@0.2.5 ip@2.0.1 >/dev/null
addresses=(2001:db8:0:1:1:1:1:1 1:2:3:4:5:6:7:0 1:0:0:2:0:0:0:3)
modules=(usr/lib/x86_64-linux-gnu/perl5/*)
seen=$(
    python3 -c '
import ipaddress
import sys
print("python:", *map(ipaddress.ip_address, sys.argv[1:]))' "${addresses[@]}"
    for module in Net::IP NetAddr::IP; do
        perl -I usr/share/perl5 -I "${modules[0]}" "-M$module" -e '
my $module = shift;
print "$module: ", join(" ", map { $module->new($_)->short } @ARGV), "\n"' -- "$module" "${addresses[@]}"
    done
    node -e '
const ip = require("ip");
const ip6addr = require("ip6addr");
const addresses = process.argv.slice(1);
console.log("ip:", ...addresses.map((address) => ip.toString(ip.toBuffer(address))));
console.log("ip6addr:", ...addresses.map((address) => ip6addr.parse(address).toString()));' "${addresses[@]}"
)
echo "$seen"
[[ $seen == "python: 2001:db8:0:1:1:1:1:1 1:2:3:4:5:6:7:0 1:0:0:2::3
Net::IP: 2001:db8:0:1:1:1:1:1 1:2:3:4:5:6:7:0 1:0:0:2::3
NetAddr::IP: 2001:DB8:0:1:1:1:1:1 1:2:3:4:5:6:7:0 1:0:0:2::3
ip: 2001:db8:0:1:1:1:1:1 1:2:3:4:5:6:7:0 1::2:0:0:0:3
ip6addr: 2001:db8::1:1:1:1:1 1:2:3:4:5:6:7:: 1:0:0:2::3" ]]
