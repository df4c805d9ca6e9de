#!/bin/sh
# Makes what the example needs, in the folder tls below this one: a certificate for the gateway, an authority of clients, and
# clients of it. To try things with; none of it is fit for anything else.
set -eu
mkdir -p tls
cd tls
new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'

# A certificate that signs itself.
self() { # files, subject, extension
  openssl req -x509 $new -days 30 -keyout "$1.key" -out "$1.pem" -subj "$2" -addext "$3"
}

# A client: a certificate that the authority signs.
client() { # files, subject, extension, the authority's files, number
  openssl req $new -keyout "$1.key" -out "$1.csr" -subj "$2"
  printf '%s\n' "$3" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$4.pem" -CAkey "$4.key" -set_serial "$5" -days 30 -extfile "$1.ext" -out "$1.pem"
  rm "$1.csr" "$1.ext"
}

self cert '/CN=localhost' 'subjectAltName=DNS:localhost,IP:127.0.0.1'
mv cert.key key.pem
self clients '/CN=Clients of Globex' 'keyUsage=keyCertSign'
self strangers '/CN=Clients of somebody else' 'keyUsage=keyCertSign'
client arm-3 '/O=Globex/CN=arm' 'subjectAltName=DNS:arm-3.robots.globex.example' clients 1
client robot-7 '/O=Globex/CN=robot-7' 'extendedKeyUsage=clientAuth' clients 2
client printer '/O=Globex/CN=printer' 'subjectAltName=DNS:a.b.robots.globex.example' clients 3
client stranger '/O=Globex/CN=robot-7' 'extendedKeyUsage=clientAuth' strangers 1
