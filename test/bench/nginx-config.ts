import type { BenchKey } from './keys.ts'
import { EVENTS_PATH } from './workloads.ts'

export interface NginxPlaces {
  readonly port: number
  readonly upstreamPort: number
  /** Absolute; nginx keeps all its files in it. */
  readonly folder: string
  readonly logFile: string
}

const LOG_MEMBERS = {
  time: '"$time_iso8601"',
  requestId: '"$request_id"',
  method: '"$request_method"',
  path: '"$uri"',
  status: '$status',
  key: '"$caller"',
  address: '"$remote_addr"',
  seconds: '$request_time',
  upstream: '"$upstream_addr"',
  upstreamSeconds: '"$upstream_response_time"',
  bytesIn: '$request_length',
  bytesOut: '$bytes_sent',
}
const TEMPORARY_FOLDERS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/**
 * nginx doing what Keysmith does, as far as it can: a key looked up in a map, a rate for each caller, one JSON line a
 * request in a buffered log, and connections to the upstream that stay open. It has no metrics, and keeps keys as they are.
 */
export function nginxConfig(keys: readonly BenchKey[], places: NginxPlaces): string {
  const callers = keys.map((key) => `    "${key.secret}" "${key.id}";\n`)
  const members = Object.entries(LOG_MEMBERS).map(([name, value]) => `"${name}":${value}`)
  const temporary = TEMPORARY_FOLDERS.map((name) => `  ${name}_temp_path ${places.folder}/${name};\n`)
  return `worker_processes 1;
daemon off;
pid ${places.folder}/nginx.pid;
error_log ${places.folder}/nginx.err;
events { worker_connections 4096; }
http {
${temporary.join('')}
  log_format line escape=json '{${members.join(',')}}';
  access_log ${places.logFile} line buffer=64k flush=1s;

  tcp_nodelay on;
  keepalive_timeout 300s;
  keepalive_requests 1000000000;
  client_max_body_size 1m;
  client_body_buffer_size 256k;

  map_hash_bucket_size 128;
  map_hash_max_size 8192;
  map $http_x_api_key $caller {
    default "";
${callers.join('')}  }
  limit_req_zone $caller zone=callers:10m rate=1000000r/s;
  limit_req_status 429;

  upstream items {
    server 127.0.0.1:${places.upstreamPort};
    keepalive 512;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${places.port} backlog=4096;
    if ($caller = "") { return 401; }
    limit_req zone=callers burst=1000 nodelay;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header X-Api-Key "";
    location / { proxy_pass http://items; }
    location = ${EVENTS_PATH} { proxy_pass http://items; proxy_buffering off; }
  }
}
`
}
