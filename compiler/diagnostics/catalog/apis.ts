import type { CatalogEntries } from './entry.ts'

/** Apis, routes, upstreams and the gateway itself: what contradicts itself or cannot work. */
export const APIS = {
  'route-duplicate': {
    severity: 'error',
    message: 'Routes "{route}" and "{other}" take the same requests, such as {witness}.',
    why: 'Only one of them could ever answer.',
  },
  'route-ambiguous': {
    severity: 'error',
    message: 'The matches of routes "{route}" and "{other}" can hold at once, as for {witness}.',
    why: 'Which of them answers would be an accident.',
  },
  'route-unreachable': {
    severity: 'error',
    message: 'No request reaches route "{route}": more particular paths take all that it would, {witness} among them.',
    why: 'A route that never answers is not the one that was meant.',
  },
  'routes-too-many': {
    severity: 'error',
    message: 'More than {max} routes share {method} {path} and differ only in their match.',
    why: 'Their conditions are tried one after the other on each request.',
  },
  'match-impossible': {
    severity: 'error',
    message:
      'No request can match route "{route}": its api asks for {what} to be "{ofApi}", the route for "{ofRoute}".',
    why: 'Both must hold, and they contradict each other.',
  },
  'match-on-credential': {
    severity: 'error',
    message: 'The header "{name}" carries credentials and cannot be matched on.',
    why: 'What a credential opens is decided by its key; the value would be a secret in this file.',
  },
  'route-without-scope': {
    severity: 'error',
    message: 'Route "{route}" asks for no scope, so nobody can call it: its api is "access: {access}".',
    why: 'Everything is denied until a scope grants it.',
  },
  'public-asks-nobody': {
    severity: 'error',
    message: 'Api "{api}" is public and asks nobody who they are, so "{key}" decides nothing.',
    why: 'What is written and not enforced would be believed.',
  },
  'limit-counts-nobody': {
    severity: 'error',
    message: 'Api "{api}" is public, so there is no {per} for this limit to count.',
    why: 'A limit that counts nothing limits nothing.',
  },
  'public-api-without-limit': {
    severity: 'warning',
    message: 'Public api "{api}" has no limit of its own.',
    why: 'Nobody has to say who they are, so anybody can take all of its upstream.',
  },
  'header-owned': {
    severity: 'error',
    message: 'The header "{name}" is the gateway\'s own.',
    why: 'Callers and upstreams rely on what it says; two writers would contradict each other.',
  },
  'header-set-and-removed': {
    severity: 'error',
    message: 'The header "{name}" is both set and removed.',
    why: 'Which of the two happens last would be an accident.',
  },
  'cors-any-origin-with-credentials': {
    severity: 'error',
    message: 'Any origin ("*") would be let in with credentials.',
    why: 'Every web page could use the credentials of whoever looks at it.',
  },
  'cors-any-origin-and-others': {
    severity: 'error',
    message: 'Any origin ("*") is let in, so the other origins decide nothing.',
    why: 'The list reads as if it let in a few.',
  },
  'cors-origin-never-sent': {
    severity: 'error',
    message: 'No browser sends the origin "{origin}": {problem}.',
    why: 'The page that is meant would be refused.',
  },
  'cors-any-header': {
    severity: 'error',
    message: '"*" in "{list}" does not mean every header.',
    why: 'With credentials browsers take it for a header of that name.',
  },
  'deprecation-missing': {
    severity: 'error',
    message: 'Api "{api}" is deprecated, but nothing says since when ("deprecation").',
    why: 'Callers are told by a header, and that is a date.',
  },
  'deprecation-without-effect': {
    severity: 'warning',
    message: 'Api "{api}" is "lifecycle: {lifecycle}", so nobody is told of its deprecation.',
    why: 'Callers learn of it only while the api is deprecated.',
  },
  'sunset-out-of-order': {
    severity: 'warning',
    message: 'The sunset of api "{api}" comes before its deprecation.',
    why: 'Callers need the time between the two to move.',
  },
  'sunset-past': {
    severity: 'warning',
    message: 'The sunset of api "{api}" has passed, and it still answers.',
    why: 'Callers were told that it would not; the next such date will not be believed.',
  },
  'successor-loop': {
    severity: 'error',
    message: 'The successors of api "{api}" lead back to it.',
    why: 'Callers who follow them never arrive.',
  },
  'successor-out-of-order': {
    severity: 'warning',
    message: 'Api "{api}" sends its callers to "{successor}", which is "lifecycle: {lifecycle}".',
    why: 'They would have to move again, or find nothing there.',
  },
  'upstream-unused': {
    severity: 'warning',
    message: 'No api forwards to upstream "{name}".',
    why: 'It is a leftover, or an api goes elsewhere than was meant.',
  },
  'secret-unused': {
    severity: 'warning',
    message: 'Nothing uses secret "{name}".',
    why: 'The gateway would not start without it, and does nothing with it.',
  },
  'address-duplicate': {
    severity: 'error',
    message: 'Listening on {address} takes what {first} listens on.',
    why: "One of the two listeners would not start, or would take the other's callers.",
  },
  'trusted-proxies-everyone': {
    severity: 'warning',
    message: 'Every {family} address is a trusted proxy.',
    why: 'Each caller could say from where it comes: address limits and allowIps would decide nothing.',
  },
  'path-parameter-unbound': {
    severity: 'warning',
    message: 'Every caller of this path may put any owner into "{name}".',
    why: "One tenant could reach another's objects, unless the upstream keeps them apart.",
  },
  'target-wrong-url': {
    severity: 'error',
    message: 'No request can be sent to "{url}": {problem}.',
    why: 'Each request for it would fail.',
  },
  'target-is-gateway': {
    severity: 'error',
    message: '"{url}" is this gateway itself.',
    why: 'Its requests would go round in circles.',
  },
  'target-duplicate': {
    severity: 'warning',
    message: 'Upstream "{upstream}" names "{url}" twice.',
    why: 'It would get twice its share; that is what "weight" says.',
  },
  'forward-wrong-form': {
    severity: 'error',
    message: 'No upstream would read this path as it is meant: {problem}.',
    why: 'The path goes on exactly as it stands here.',
  },
  'errors-base-open': {
    severity: 'warning',
    message: '"errors: {base}" does not end in "/", so a refusal\'s type would be "{type}".',
    why: 'The code is appended as it is; people would find nothing under such an address.',
  },
} as const satisfies CatalogEntries
