# Perl's Data::MessagePack: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
use strict;
use warnings;
use Data::MessagePack;
use IO::Socket::INET;

my ($control_port, $port, $relay_port) = @ARGV;
$| = 1;
my $control = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $control_port) or die "no control channel: $!";
my $packer = Data::MessagePack->new;

sub send_message { print $control $packer->pack({@_}); $control->flush; }

# Lander writes each message by itself.
sub read_message {
    sysread($control, my $received, 65536) or exit;
    return $packer->unpack($received);
}

# What came as text on the command line goes out as text: + 0 makes it a number.
my %service = (cmd => 'register', protocol => 'tcp', port => $port + 0);
send_message(%service, relay_port => 70000);
print 'refused: ', read_message()->{message}, "\n";
send_message(%service, relay_port => $relay_port + 0);
print 'registered: ', read_message()->{error}, "\n";
while (1) {
    my $message = read_message();
    next unless $message->{cmd};    # a reply
    print "asked: $message->{state}\n";
    send_message(cmd => 'healthcheck', protocol => 'tcp', port => $relay_port + 0, state => 'good');
}
