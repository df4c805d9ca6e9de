/** Every diagnostic the compiler can report. A code is permanent: retire it, never reuse it. */
export const CATALOG = {
  // Files: what cannot be read, is not YAML, or is more than anybody writes.

  'yaml-syntax': {
    severity: 'error',
    message: 'This is not YAML: {problem}.',
    why: 'Nothing can be read from a file that does not parse.',
  },
  'yaml-feature': {
    severity: 'error',
    message: 'YAML {feature} are not part of the language.',
    why: 'What a line means must be readable from the line itself.',
  },
  'yaml-duplicate-name': {
    severity: 'error',
    message: 'The name "{name}" comes twice here.',
    why: 'One of the two would be lost.',
  },
  'yaml-empty-value': {
    severity: 'error',
    message: 'There is no value for {name}.',
    why: 'An empty value could mean anything: leave the name out, or write what is meant.',
  },
  'yaml-value-cut': {
    severity: 'error',
    message: 'A comment cuts this value off inside its quotes.',
    why: 'A "#" behind a space begins a comment in an unquoted value.',
  },
  'yaml-not-a-number': {
    severity: 'error',
    message: '{value} is no number that can be counted with.',
    why: 'Every quantity is finite.',
  },
  'yaml-too-deep': {
    severity: 'error',
    message: 'This is nested more than {max} levels deep.',
    why: 'No config is; a text made to exhaust the parser is.',
  },
  'yaml-too-many-values': {
    severity: 'error',
    message: 'The files of a config hold at most {max} names, values and comments.',
    why: 'A file that people review is far smaller; many keys go to keysFrom.',
  },
  'file-missing': {
    severity: 'error',
    message: 'The file "{file}" does not exist.',
    why: 'A config is proved whole or not at all.',
  },
  'file-not-regular': {
    severity: 'error',
    message: '"{file}" is {what}, not a file.',
    why: 'Only files have an end.',
  },
  'file-too-large': {
    severity: 'error',
    message: 'The file "{file}" is larger than {max} bytes.',
    why: 'A file that people review is far smaller; many keys go to keysFrom.',
  },
  'file-outside-folder': {
    severity: 'error',
    message: '"{file}" is a link that leads out of its folder.',
    why: 'Whoever owns the link would decide which file is read, and quoted here.',
  },
  'files-too-large': {
    severity: 'error',
    message: 'The files of this config are together larger than {max} bytes.',
    why: 'What people edit and review is far smaller; many keys go to keysFrom.',
  },
  'files-too-many': {
    severity: 'error',
    message: 'More than {max} places name another file.',
    why: 'What people edit and review is far less; many keys go to keysFrom.',
  },
  'file-not-utf8': {
    severity: 'error',
    message: 'The file "{file}" is not UTF-8.',
    why: 'YAML and JSON are UTF-8; other bytes would be guessed at.',
  },
  'file-unreadable': {
    severity: 'error',
    message: 'The file "{file}" cannot be read: {reason}.',
    why: 'A config is proved whole or not at all.',
  },
  'file-includes-itself': {
    severity: 'error',
    message: '"{file}" is this file itself.',
    why: 'A file that names itself would be read without end.',
  },
  'file-included-twice': {
    severity: 'error',
    message: '"{file}" is included twice.',
    why: 'Keys and what they may do belong to one tenant.',
  },
  'problems-too-many': {
    severity: 'warning',
    message: '{count} more errors or warnings are not told one by one.',
    why: 'Mending the first ones usually mends the others.',
  },

  // Shapes and names: what the language has no place for, and what nothing declares.

  'config-unknown-key': {
    severity: 'error',
    message: 'There is no key "{key}" here.',
    why: 'What nothing reads would be ignored in silence.',
  },
  'config-missing-key': {
    severity: 'error',
    message: '{where} needs "{key}".',
    why: 'It has no default that would be safe for everyone.',
  },
  'config-wrong-type': {
    severity: 'error',
    message: '"{name}" must be {wanted}, not {got}.',
    why: 'A value that is converted could mean something else than what was written.',
  },
  'config-wrong-form': {
    severity: 'error',
    message: '"{name}: {value}" is not {form}.',
    why: 'A value of another form cannot be read without guessing.',
  },
  'config-wrong-name': {
    severity: 'error',
    message: '"{name}" is not {form}.',
    why: 'Names stand in logs, headers and metrics and must be safe there.',
  },
  'config-unknown-value': {
    severity: 'error',
    message: '"{name}: {value}" is none of: {allowed}.',
    why: 'Only these have a meaning.',
  },
  'config-unit-missing': {
    severity: 'error',
    message: '"{name}: {value}" has no unit; it must be {form}.',
    why: 'A number alone does not say of what.',
  },
  'config-out-of-range': {
    severity: 'error',
    message: '"{name}" {problem}.',
    why: 'The runtime keeps to these bounds.',
  },
  'not-supported-yet': {
    severity: 'error',
    message: '{what} is part of the language, but this version of Keysmith does not honour it yet.',
    why: 'What is written and not enforced would be believed.',
  },
  'tenant-file-decides': {
    severity: 'error',
    message: 'A tenant\'s own file may not hold "{key}".',
    why: "What a tenant's team may not decide stands in the including file.",
  },
  'upstream-unknown': {
    severity: 'error',
    message: 'There is no upstream "{name}".',
    why: 'A request would have nowhere to go.',
  },
  'scope-unknown': {
    severity: 'error',
    message: 'There is no scope "{name}".',
    why: 'A scope that nothing declares is a typo that grants nothing, or locks everyone out.',
  },
  'role-unknown': {
    severity: 'error',
    message: 'There is no role "{name}".',
    why: 'A key with a role that nothing declares would hold nothing of it.',
  },
  'plan-unknown': {
    severity: 'error',
    message: 'There is no plan "{name}".',
    why: 'A key would have no limits at all.',
  },
  'api-unknown': {
    severity: 'error',
    message: 'There is no api "{name}".',
    why: 'A subscription to it would open nothing.',
  },
  'identity-unknown': {
    severity: 'error',
    message: 'There is no identity "{name}"; "key" is always there.',
    why: 'No credential of that kind could ever be presented.',
  },
  'secret-unknown': {
    severity: 'error',
    message: 'There is no secret "{name}".',
    why: 'The runtime would not know where to find it.',
  },
  'path-wrong-form': {
    severity: 'error',
    message: 'No request can match "{path}": {problem}.',
    why: 'Paths are matched in one form; a path in any other is never reached.',
  },
  'forward-unknown-parameter': {
    severity: 'error',
    message: 'The path of "{route}" has no parameter "{name}".',
    why: 'There would be nothing to put in.',
  },

  // Apis, routes, upstreams and the gateway itself: what contradicts itself or cannot work.

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

  // Tenants and keys: who they are, what they hold, until when, and how often.

  'key-duplicate-id': {
    severity: 'error',
    message: 'There are two keys "{id}".',
    why: 'The id alone names a key in logs, limits and revocations.',
  },
  'tenant-duplicate': {
    severity: 'error',
    message: 'The tenant "{name}" is declared twice.',
    why: 'Keys, limits and approvals of one tenant stand in one place, or nobody can see them all.',
  },
  'digest-duplicate': {
    severity: 'error',
    message: 'This secret of key "{id}" is also one of key "{other}".',
    why: 'A secret says who calls; one that says two names says none.',
  },
  'limit-never-met': {
    severity: 'error',
    message: 'A request to route "{route}" costs {cost}, and {limit} never holds more than {units}.',
    why: 'Each such request would be refused, however long its caller waits.',
  },
  'burst-without-rate': {
    severity: 'error',
    message: 'Key "{id}" has a burst, but neither it nor its plan has a rate.',
    why: 'A burst bounds a rate; alone it limits nothing.',
  },
  'limits-not-shared': {
    severity: 'error',
    message:
      'Counters are kept in memory, so {instances} instances would let through {instances} times what the limits say.',
    why: 'A limit that is overrun is none.',
  },
  'keys-not-configured': {
    severity: 'error',
    message: 'There is a key "{id}", but "gateway" does not say how keys look ("keys").',
    why: 'Nobody could present it.',
  },
  'key-prefix-taken': {
    severity: 'warning',
    message: 'Keys that begin with "{prefix}_" look like those of a well-known service.',
    why: 'Secret scanners would report our keys to that service, and its keys to us.',
  },
  'key-header-owned': {
    severity: 'error',
    message: 'The header "{name}" cannot carry a credential: the gateway reads or writes it for something else.',
    why: 'It would be taken out of each request, and be missed.',
  },
  'subscription-without-effect': {
    severity: 'error',
    message: 'Api "{api}" is "access: {access}", so this subscription decides nothing.',
    why: 'An approval that is not needed, and a rejection that keeps nobody out, would be believed.',
  },
  'subscription-ends-before-start': {
    severity: 'error',
    message: 'This subscription to "{api}" ends before it begins.',
    why: 'It would never hold.',
  },
  'subscription-past': {
    severity: 'warning',
    message: 'This approved subscription to "{api}" is past its end.',
    why: 'It reads as approved and opens nothing.',
  },
  'approval-not-asked-for': {
    severity: 'warning',
    message: 'Tenant "{tenant}" has an approval for api "{api}" that its file does not ask for ("wants").',
    why: 'Access that nobody wants is access that nobody watches.',
  },
  'want-without-effect': {
    severity: 'warning',
    message: 'Api "{api}" is "access: {access}": nobody needs to ask for it.',
    why: 'The request would never be answered.',
  },
  'key-ends-before-start': {
    severity: 'error',
    message: 'Key "{id}" ends before it begins.',
    why: 'It would never open anything.',
  },
  'key-without-end': {
    severity: 'warning',
    message: 'Key "{id}" has no end ("expires").',
    why: 'A secret that leaks opens for as long as its key does.',
  },
  'key-past-end': {
    severity: 'warning',
    message: 'Key "{id}" is past its end.',
    why: 'It opens nothing any more and can be taken out.',
  },
  'key-ends-soon': {
    severity: 'warning',
    message: 'Key "{id}" ends within {days}.',
    why: 'Its callers will be refused unless they get another in time.',
  },
  'retiring-past': {
    severity: 'warning',
    message: 'The retiring secret of key "{id}" no longer opens.',
    why: 'It can be taken out.',
  },
  'key-reaches-nothing': {
    severity: 'warning',
    message: 'Key "{id}" opens no route.',
    why: 'Its scopes, or the approvals of its tenant, are not what was meant; or nobody needs it.',
  },
  'scope-unused': {
    severity: 'warning',
    message: 'No route asks for scope "{name}".',
    why: 'Holding it means nothing; perhaps a route has lost it.',
  },
  'role-unused': {
    severity: 'warning',
    message: 'No key holds role "{name}".',
    why: 'It is a leftover, or a key has lost it.',
  },
  'plan-unused': {
    severity: 'warning',
    message: 'No key or tenant has plan "{name}".',
    why: 'It is a leftover, or somebody has other limits than was meant.',
  },
  'grant-not-grantable': {
    severity: 'error',
    message: 'Key "{id}" holds {what}, which its tenant may not grant.',
    why: "What a tenant's keys may hold is decided in the including file.",
  },
  'plan-not-grantable': {
    severity: 'error',
    message: 'Key "{id}" names plan "{plan}", which its tenant may not choose.',
    why: "What a tenant's keys may use is decided in the including file.",
  },
  'grantable-ambiguous': {
    severity: 'error',
    message: '"{name}" is a role and a scope.',
    why: 'Which of the two may be granted would be a guess.',
  },
  'tenant-too-many-keys': {
    severity: 'error',
    message: 'Tenant "{tenant}" has {count} keys and may have {max}.',
    why: 'How many there may be is decided in the including file.',
  },

  // Values: schemas of bodies and queries, their patterns, and secrets.

  'schema-invalid': {
    severity: 'error',
    message: 'This body schema cannot be used: {problem}.',
    why: 'A body that cannot be validated would be forwarded as it came.',
  },
  'schema-unknown-keyword': {
    severity: 'error',
    message: 'JSON Schema has no keyword "{keyword}".',
    why: 'It would check nothing.',
  },
  'schema-unknown-format': {
    severity: 'error',
    message: 'There is no format "{format}".',
    why: 'It would check nothing.',
  },
  'schema-ref-unresolved': {
    severity: 'error',
    message: '"{ref}" leads to no schema in this file.',
    why: 'A body schema is one file: nothing else is fetched, so that what is proved is what runs.',
  },
  'schema-endless': {
    severity: 'error',
    message: 'This schema needs itself for the same value.',
    why: 'Validating a body would never end.',
  },
  'schema-duplicate-id': {
    severity: 'error',
    message: 'The "$id" "{id}" is used by another schema.',
    why: 'A reference to it would be ambiguous.',
  },
  'pattern-exponential': {
    severity: 'error',
    message: 'This pattern can take exponential time, as on {attack}.',
    why: 'One short request would stop a thread for longer than anybody waits.',
  },
  'pattern-slow': {
    severity: 'error',
    message:
      "The work of this pattern grows with power {degree} of a text's length, which may be {bytes} bytes, as on {attack}.",
    why: 'One request would stop a thread for seconds.',
  },
  'pattern-not-proved': {
    severity: 'error',
    message: 'It could not be proved that this pattern is fast: {reason}.',
    why: 'A text may exist on which it stops a thread.',
  },
  'schema-exponential': {
    severity: 'error',
    message: 'Each level of nesting doubles the work of this schema.',
    why: 'A short body that is nested deep would stop a thread for longer than anybody waits.',
  },
  'schema-slow-unique-items': {
    severity: 'error',
    message: 'The elements of this list are compared each with each, and a body may hold {bytes} bytes of them.',
    why: 'One request would stop a thread for seconds.',
  },
  'query-keyword-ignored': {
    severity: 'error',
    message: 'Parameter "{name}" is read as {type}, so "{keyword}" checks nothing.',
    why: 'What is written and not enforced would be believed.',
  },
  'query-never-valid': {
    severity: 'error',
    message: 'Parameter "{name}" cannot have such a value: {problem}.',
    why: 'Each request that sends it would be refused.',
  },
  'match-query-refused': {
    severity: 'error',
    message: 'Route "{route}" is matched by "{name}={value}", which its own "query" refuses.',
    why: 'Each request that reaches it would be refused.',
  },
  'secret-literal': {
    severity: 'error',
    message: 'This looks like a secret: {what}.',
    why: 'Whoever reads this file, or its history, has it.',
  },
  'reference-wrong-form': {
    severity: 'error',
    message: 'This is no reference to a secret.',
    why: 'It would be sent as it stands.',
  },
  'reference-misplaced': {
    severity: 'error',
    message: 'A reference to a secret is resolved only in values of upstreams.',
    why: 'Here it would stay as it stands.',
  },
} as const satisfies Record<string, { severity: 'error' | 'warning'; message: string; why: string }>

export type DiagnosticCode = keyof typeof CATALOG
