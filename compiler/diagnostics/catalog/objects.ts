import type { CatalogEntries } from './entry.ts'

/** Whose objects a caller reaches (`bind`), and what of them it sees (`fields`). */
export const OBJECTS = {
  'bind-unknown-place': {
    severity: 'error',
    message: 'Route "{route}" has no {what} to bind.',
    why: "What is not there is nobody's own: each request would be refused, or the right value would go unchecked.",
  },
  'bind-never-holds': {
    severity: 'error',
    message: 'No caller of route "{route}" has "{source}": {problem}.',
    why: 'Each request would be refused as if there were no such route.',
  },
  'bind-caller-lacks': {
    severity: 'warning',
    message: '{who} may call route "{route}", and has no "{source}".',
    why: 'Each of its requests is refused as if there were no such route.',
  },
  'fields-path-covered': {
    severity: 'warning',
    message: 'The path "{path}" shows nothing more: "{other}" shows it already.',
    why: 'A path keeps the whole value that it names; one that adds nothing reads as if it did.',
  },
  'fields-too-many': {
    severity: 'error',
    message: 'These paths make more than {max} {what}.',
    why: 'Each answer is walked through at one place at a time, and a scope is one bit.',
  },
} as const satisfies CatalogEntries
