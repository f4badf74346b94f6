#!/usr/bin/env bash
# Perl's Prometheus::Tiny 0.010 (Debian 12's libprometheus-tiny-perl 0.010-1), beside Net::Prometheus 0.12 (libnet-prometheus-perl 0.12-1+b2),
# read by Python's prometheus_client 0.16.0 (python3-prometheus-client 0.16.0-0.1).
# Expected: in the help of a metric a line's end and a backslash are escaped, as the text format asks for, and as both escape the values of
#   labels.
# Seen: Prometheus::Tiny writes the help as it is. Its second line is then a line of the page by itself, at which the reader ends in
#   an error, so nothing behind it is read; and where a backslash stands ahead of an n, a line's end is read. Net::Prometheus escapes both.
# Output, of C:\new and of two lines, as Python's repr: Prometheus::Tiny: 'C:\new' (a line's end) / ValueError,
#   Net::Prometheus: 'C:\\new' / 'one\ntwo'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libprometheus-tiny-perl=0.010-1 libnet-prometheus-perl=0.12-1+b2 libref-util-perl \
    libref-util-xs-perl libstruct-dumb-perl python3-prometheus-client=0.16.0-0.1 python3-decorator >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
modules=(usr/lib/x86_64-linux-gnu/perl5/*)
cat >page.pl <<'CODE'
use strict;
use warnings;
my ($module, $help) = @ARGV;
eval "require $module" or die $@;
if ($module eq "Prometheus::Tiny") {
    my $metrics = Prometheus::Tiny->new;
    $metrics->declare("a", type => "gauge", help => $help);
    $metrics->set("a", 1);
    print $metrics->format;
} else {
    my $metrics = Net::Prometheus->new(disable_process_collector => 1, disable_perl_collector => 1);
    $metrics->new_gauge(name => "a", help => $help)->set(1);
    print $metrics->render;
}
CODE
for module in Prometheus::Tiny Net::Prometheus; do
    for help in 'C:\new' $'one\ntwo'; do
        perl -I usr/share/perl5 -I "${modules[0]}" page.pl "$module" "$help" >page
        PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import sys
from prometheus_client.parser import text_string_to_metric_families as families
try:
    (family,) = families(sys.stdin.read())
    print(sys.argv[1], repr(family.documentation))
except ValueError as refused:
    print(sys.argv[1], type(refused).__name__)' "$module:" <page
    done
done >seen
cat seen
diff seen - <<'CODE'
Prometheus::Tiny: 'C:\new'
Prometheus::Tiny: ValueError
Net::Prometheus: 'C:\\new'
Net::Prometheus: 'one\ntwo'
CODE
