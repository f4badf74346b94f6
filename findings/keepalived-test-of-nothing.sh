#!/usr/bin/env bash
# keepalived 2.2.7 (Debian 12's keepalived 1:2.2.7-1+b2), --config-test.
# Expected: a configuration that is not there, or that includes a file which is not there, does not pass: keepalived(8) has
#   a status other than 0 "if there are errors in the configuration", and an unknown keyword has one.
# Seen: it says "Config files missing" and ends with 0, for the file itself as for an included one. A deployment that reloads
#   only after a test passes so reloads without the part that is missing.
# Output: good: 0 / unknown keyword: 5 / no such file: 0, Config files missing / no such include: 0, Config files missing
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download keepalived=1:2.2.7-1+b2 libnl-3-200 libnl-genl-3-200 libnftnl11 libmnl0 \
    libsnmp40 libsensors5 libpci3 libwrap0 libperl5.36 libglib2.0-0 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu:$folder/lib/x86_64-linux-gnu
printf 'global_defs {\n    router_id lab\n}\n' >good
{ cat good && echo 'no_such_keyword 1'; } >keyword
{ cat good && echo "include $folder/nothing"; } >include
tested() {
    local status=0
    usr/sbin/keepalived --config-test --use-file "$folder/$1" >said 2>&1 || status=$?
    ! grep -q 'Config files missing' said || status+=', Config files missing'
    echo "$status"
}
seen="good: $(tested good)
unknown keyword: $(tested keyword)
no such file: $(tested nothing)
no such include: $(tested include)"
echo "$seen"
[[ $seen == "good: 0
unknown keyword: 5
no such file: 0, Config files missing
no such include: 0, Config files missing" ]]
