import { createVocabulary } from './vocabulary.ts'

const SCRIPT = createVocabulary({
  SCRIPT: 'script',
  SCHEME: 'javascript vbscript livescript',
  EVENT:
    'onerror onload onclick onfocus onfocusin onfocusout onblur ontoggle onbeforetoggle onstart onbegin onend onchange oninput oninvalid onsubmit onreset ondblclick onauxclick oncontextmenu onmouseover onmouseenter onmouseleave onmousemove onmouseout onmousedown onmouseup onmousewheel onwheel onkeydown onkeyup onkeypress onpointerover onpointerenter onpointerdown onpointerup onpointermove onpointerout onpointerleave onpointercancel ongotpointercapture ontouchstart ontouchend ontouchmove ontouchcancel onanimationstart onanimationend onanimationiteration onanimationcancel ontransitionend ontransitionrun ontransitionstart ontransitioncancel ondrag ondragstart ondragend ondragenter ondragleave ondragover ondrop onpaste oncopy oncut onscroll onscrollend onresize onmessage onunload onbeforeunload onbeforeinput onbeforecopy onbeforecut onbeforepaste onbeforeprint onafterprint onbeforescriptexecute onafterscriptexecute oncanplay oncanplaythrough onplay onplaying onpause onseeked onseeking ontimeupdate onloadstart onloadeddata onloadedmetadata onprogress onsearch onselect onselectstart onselectionchange onshow onfinish onbounce onrepeat onpageshow onpagehide onpopstate onhashchange onreadystatechange onpropertychange onactivate onfullscreenchange onunhandledrejection',
  DIALOG: 'alert confirm prompt eval',
  CALL: 'fetch import atob settimeout setinterval function require print throw new',
  PAGE: 'document window location top self parent globalthis origin process global this',
  COOKIE: 'cookie',
  WRITE: 'write writeln',
  CONSTRUCTOR: 'constructor __proto__ prototype __class__',
  FRAME: 'iframe frame',
  OBJECT: 'object embed applet',
  SOURCE: 'data src code',
  DATA: 'text application',
  TYPE: 'html xhtml xml',
  BASE: 'base',
  META: 'meta',
  LINK: 'link',
  REL: 'rel',
  HREF: 'href',
  EQUIV: 'equiv',
  SRCDOC: 'srcdoc',
  STYLE: 'style',
  EXPRESSION: 'expression binding',
  ANIMATE: 'set animate',
  ATTRIBUTE: 'attributename',
  CODES: 'fromcharcode unescape',
  FOCUS: 'autofocus',
  UTF: 'adw',
})

/**
 * Text that would run as a script in a page. Held against plain lines, each between line breaks. Each takes time that grows
 * with the text's length and no faster, which a test proves one by one: that is why they are many and small.
 */
export const SCRIPT_INJECTION: readonly RegExp[] = [
  // <script> · </script> · <script/x>
  String.raw`<[ /]?SCRIPT[ />:\n]`,
  // <img src=x onerror=alert(1)> · <svg/onload=...> · <x onunheardof=...>
  String.raw`<[a-z!?/\ue000-\ue0ff][^<>\n]*[ /"'${'`'}](?:EVENT|on[a-z]+) ?=`,
  // " onmouseover="alert(1) · ' autofocus onfocus=alert(1)
  String.raw`["'${'`'}][ /]?(?:FOCUS |STYLE=\w* |x=\w* )?EVENT ?=`,
  // onerror=alert(1), wherever it stands
  String.raw`EVENT ?=["'${'`'}]?(?:DIALOG|CALL|PAGE)[ .(=[${'`'}]`,
  // javascript:alert(1) · java script://%0aalert(1)
  String.raw`SCHEME ?: ?(?:NAME)?[([=${'`'}]`,
  String.raw`SCHEME ?: ?(?:\/[/*]|['"{])`,
  // data:text/html,<script> · data:text/javascript;base64,
  String.raw`SOURCE ?: ?DATA\/(?:x-)?(?:TYPE|SCHEME)(?:\+TYPE)? ?[;,]`,
  // <iframe src=...> · <object data=...> · <base href=...> · <meta http-equiv=...>
  String.raw`<FRAME[ />\n]`,
  String.raw`<OBJECT[ /][^<>\n]*SOURCE ?=`,
  String.raw`<BASE[ /]+HREF ?=`,
  String.raw`<META[ /][^<>\n]*EQUIV ?=`,
  String.raw`<LINK[ /][^<>\n]*REL ?= ?["']?CALL`,
  // <iframe srcdoc="..." · xlink:href="javascript: · <set attributename=onmouseover
  String.raw`SRCDOC ?= ?["'<&]`,
  String.raw`HREF ?= ?["']?(?:SCHEME|SOURCE):`,
  String.raw`<ANIMATE[ /][^<>\n]*ATTRIBUTE ?= ?["']?(?:EVENT|HREF)`,
  // style="width:expression(alert(1))" · style=-moz-binding:url(
  String.raw`STYLE ?=[^<>\n=\ue000-\ue0ff]*(?:-moz-)?EXPRESSION ?[(:]`,
  // ';alert(1)// · "-alert(1)-" · `+prompt`1`+`
  String.raw`["'${'`'}]\)?\}?[;+*|&^,%-]+ ?DIALOG\([^()\n]*\)[;,]?(?:\/\/|[-+*|&^]?["'${'`'}]|\n)`,
  String.raw`["'${'`'}]\)?\}?[;+*|&^,%-]+ ?DIALOG${'`'}`,
  // {{constructor.constructor('alert(1)')()}} · {{7*7}} · ${alert(1)} · #{7*7}
  String.raw`\{\{[^{}\n]*(?:CONSTRUCTOR|DIALOG ?\(|CALL ?\(|\$DIALOG)`,
  String.raw`[{$#]\{ ?\d+ ?\* ?\d`,
  String.raw`[$#]\{ ?(?:(?:DIALOG|CALL) ?[(${'`'}]|PAGE[.[])`,
  // +document.cookie · document.write('<... · eval(atob( · String.fromCharCode(97,108
  String.raw`[+=(,] ?PAGE\.COOKIE`,
  String.raw`PAGE\.WRITE ?\( ?["'${'`'}]<`,
  String.raw`DIALOG ?\( ?(?:CALL|PAGE|CODES|string|name)[.()[]`,
  String.raw`CODES ?\( ?\d+ ?, ?\d+ ?,`,
  // top['alert'](1)
  String.raw`PAGE\[ ?["'${'`'}]NAME["'${'`'}] ?\]\(`,
  // +adw-script+ad4-: UTF-7
  String.raw`\+UTF-`,
].map((source) => SCRIPT.compile(source))

/** Browsers pass over blanks in the name of a scheme. */
const SPACED_SCHEME = /(?:j ?a ?v ?a|v ?b|l ?i ?v ?e) ?s ?c ?r ?i ?p ?t ?:/g

/** What these patterns are held against. */
export function scriptSigns(text: string): string {
  return SCRIPT.toSigns(text.replace(SPACED_SCHEME, (scheme) => scheme.replaceAll(' ', '')))
}
