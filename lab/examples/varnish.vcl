vcl 4.1;
import xkey;

backend default { .host = "upstream-eu-west"; .port = "8080"; }

sub vcl_recv {
  # Whatever name readers and purgers use, it is one cache.
  set req.http.host = "localhost";
  if (req.method == "PURGE") { return (purge); }
  if (req.method == "XKEY") {
    if (req.http.x-soft) { set req.http.n = xkey.softpurge(req.http.x-tag); } else { set req.http.n = xkey.purge(req.http.x-tag); }
    return (synth(200, "purged " + req.http.n));
  }
  if (req.method == "BAN") { ban("obj.http.x-url ~ " + req.http.x-pattern); return (synth(200, "banned")); }
  return (hash);
}

sub vcl_backend_response {
  # For bans that the lurker can look at without a request.
  set beresp.http.x-url = bereq.url;
  set beresp.grace = 10s;
  set beresp.keep = 60s;
}

sub vcl_hit { if (obj.ttl <= 0s) { set req.http.x-cache = "STALE"; } else { set req.http.x-cache = "HIT"; } }
sub vcl_miss { set req.http.x-cache = "MISS"; }
sub vcl_deliver { set resp.http.x-cache = req.http.x-cache; }
