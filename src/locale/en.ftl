# What users read, in English.

## net
net-address = Not an http or https address.
net-no-connection = No connection within { $seconds } s.
net-timeout = No complete answer within { $seconds } s.
net-too-large = The answer is larger than { $bytes } bytes.
net-redirect-loop = Redirected { $hops } times without an answer.
net-forbidden-address = { $host } is a private address ({ $address }). To allow it, add it with its port to allow_private.
net-insecure = http: is only for private addresses that allow_private opens. Use https:.
net-damaged = The answer’s compression is damaged.
net-unsendable = The request cannot be sent: { $why }
net-no-such-host = No such host: { $host }.
net-resolver = The name cannot be resolved at the moment.
net-refused = Connection refused: nothing listens there.
net-reset = The server broke the connection off.
net-closed = The server closed the connection before the end of the answer.
net-no-route = No route to the server.
net-protocol = The server does not speak HTTP correctly.
net-not-tls = The server does not speak TLS on this port.
net-tls = The TLS handshake failed: { $why }
net-expired = The server’s certificate has expired.
net-not-yet-valid = The server’s certificate is not valid yet; check this machine’s clock too.
net-wrong-name = The server’s certificate is for another name.
net-unknown-issuer = The server’s certificate comes from an unknown issuer.
net-revoked = The server’s certificate was revoked.
net-bad-certificate = The server’s certificate was refused: { $why }
net-other = The request failed: { $why }
