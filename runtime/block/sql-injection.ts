import { createVocabulary } from './vocabulary.ts'

const SQL = createVocabulary({
  UNION: 'union',
  SELECT: 'select',
  FROM: 'from join',
  OR: 'or xor and rlike',
  LIKE: 'like',
  NOT: 'not',
  IS: 'is',
  NULL: 'null',
  BOOLEAN: 'true false',
  ALL: 'all distinct',
  IN: 'in any',
  EXISTS: 'exists',
  DROP: 'drop truncate alter',
  CREATE: 'create',
  TABLE: 'table schema view login trigger procedure function',
  IDENTIFIED: 'identified',
  AS: 'as before after',
  INSERT: 'insert',
  INTO: 'into',
  VALUES: 'values',
  DELETE: 'delete',
  UPDATE: 'update',
  SET: 'set',
  END: 'where limit',
  SHUTDOWN: 'shutdown',
  DECLARE: 'declare',
  WAITFOR: 'waitfor',
  DELAY: 'delay time',
  DELAYING: 'pg_sleep dbms_pipe dbms_lock utl_inaddr utl_http',
  BENCHMARK: 'benchmark',
  SLEEP: 'sleep',
  IF: 'if',
  CATALOG:
    'information_schema pg_catalog pg_shadow sysobjects syscolumns sqlite_master sqlite_schema all_tables user_tables dba_tables',
  VARIABLE: 'version datadir hostname servername basedir',
  BY: 'by',
  GROUP: 'group order',
  HAVING: 'having',
  FUNCTION: 'ascii substr substring mid ord length lower hex count',
  CONCAT: 'concat concat_ws',
  CAST: 'cast',
  WHO: 'user database current_user db_name',
  CASE: 'case',
  WHEN: 'when',
  XML: 'extractvalue updatexml',
  ANALYSE: 'analyse',
  FILE: 'outfile dumpfile infile',
  READ: 'load_file',
  CHAR: 'char chr',
  SHELL: 'xp_cmdshell xp_dirtree xp_regread',
  EXEC: 'exec execute',
  IMMEDIATE: 'immediate sp_executesql',
  CONVERT: 'convert',
  TYPE: 'varchar nvarchar int nchar sysname',
})

/**
 * Text that would end a quoted value of a SQL statement, or go on as one. Held against plain lines without comments, each
 * between line breaks. Each takes time that grows with the text's length and no faster, which a test proves one by one:
 * that is why they are many and small. Each asks for so much of a statement that prose and programs do not have it.
 */
export const SQL_INJECTION: readonly RegExp[] = [
  // union select 1,2 · union all select name from users
  String.raw`UNION[ ALL(]+SELECT[ ALL(]*(?:NULL|[@*'"${'`'}\d])`,
  String.raw`UNION[ ALL(]+SELECT[ (]+NAME ?[,(]`,
  String.raw`UNION[ ALL(]+SELECT[ (]+NAME FROM `,
  // or 1=1 · and (2)>(1) · || 0x31=0x31 · or 2 like 2
  String.raw`OR[ (]*(?:NOT )?\d\w*\)*(?: ?= ?| LIKE |[<>]=?)[('" ]*[\d'"]`,
  // ' or 'a'='a · " or ""=" · ' or '1
  String.raw`['"${'`'}]\)* ?OR[ (]*['"${'`'}][^'"${'`'}\n]*['"${'`'}]\)* ?(?:!?=|[<>]|LIKE)`,
  String.raw`['"${'`'}]\)* ?OR ?['"${'`'}]\w+\n`,
  // ' or 1-- · ' or not false# · ' or email is not null · ' or name like '%
  String.raw`['"${'`'}]\)* ?OR[ (]+(?:NOT )?\d\w*\)* ?(?:[=<>#]|--)`,
  String.raw`['"${'`'}]\)* ?OR[ (]+(?:NOT )?BOOLEAN ?(?:--|#|=[^=])`,
  String.raw`['"${'`'}]\)* ?OR NAME (?:IS NOT NULL|LIKE ['"]%)`,
  // admin'-- · admin') # · admin'/* · '='
  String.raw`['"]\)* ?;? ?(?:--|#)[ +-]*[a-z]?\n`,
  String.raw`'\)* ?\/\*\n`,
  String.raw`\n['"] ?= ?['"]\n`,
  // ; drop table users · ; create trigger x after · ; create user x identified
  String.raw`; ?DROP (?:TABLE|WHO) `,
  String.raw`; ?CREATE (?:TABLE|WHO) NAME ?(?:\(|AS |IDENTIFIED)`,
  // ; insert into users values (1) · ; delete from users where · ; update users set role='admin'
  String.raw`; ?INSERT INTO NAME ?(?:\(|VALUES|SELECT)`,
  String.raw`; ?DELETE FROM NAME ?[;#\nEND-]`,
  String.raw`; ?UPDATE NAME SET NAME ?=`,
  // ; select * from users · ; select version() · ; shutdown-- · ; declare @q
  String.raw`; ?SELECT (?:[*@]|NAME\()`,
  String.raw`; ?SELECT NAME FROM NAME ?[;#END-]`,
  String.raw`; ?SHUTDOWN ?(?:[;#\n]|--)`,
  String.raw`DECLARE @\w+ (?:AS )?TYPE`,
  // waitfor delay '0:0:5' · pg_sleep(5) · benchmark(1000000,md5(1))
  String.raw`WAITFOR DELAY ?['"(@]`,
  String.raw`DELAYING(?:\.\w+)? ?\(`,
  String.raw`BENCHMARK ?\( ?\d+ ?,`,
  // 1 and sleep(5) · '+sleep(5)+' · select(sleep(5)) · if(1=1,sleep(5),0)
  String.raw`['"\d]\)* ?(?:OR[ (]*|[-+*] ?)SLEEP ?\( ?\d[\d.]* ?\)`,
  String.raw`SELECT[ (]+SLEEP ?\( ?\d`,
  String.raw`IF ?\([^()\n]*, ?SLEEP ?\( ?\d`,
  // from information_schema.tables · @@version
  String.raw`FROM[ ("[]*CATALOG`,
  String.raw`@@VARIABLE`,
  // ' order by 10-- · 1 group by 2# · ' group by x having · having 1=1
  String.raw`['"]\)* ?GROUP BY \d`,
  String.raw`\d\)* GROUP BY \d+ ?(?:--|#)`,
  String.raw`['"]\)* ?GROUP BY NAME HAVING`,
  String.raw`HAVING \d+ ?[=<>] ?\d`,
  // =(select password from users) · in (select name from users) · and (select count(*) from users)>0
  String.raw`(?:[=<>]|IN) ?\( ?SELECT [^()\n]*FROM `,
  String.raw`(?:OR|[=<>,]) ?\(+ ?SELECT ?(?:\(|NAME\(|@@)`,
  String.raw`OR (?:NOT )?EXISTS ?\( ?SELECT`,
  String.raw`SELECT\(\w+\)FROM`,
  // ascii(substring((select ... · substr(version(),1,1) · cast((select · case when 1=1
  String.raw`(?:FUNCTION|CONCAT|CAST)\(+ ?SELECT [^()\n]*FROM `,
  String.raw`FUNCTION\( ?(?:\( ?SELECT|VARIABLE\(|WHO\(|@@)`,
  String.raw`CAST ?\( ?\( ?SELECT`,
  String.raw`CASE WHEN \(*\d+ ?[=<>] ?\d`,
  // extractvalue(1,concat(0x7e,version())) · procedure analyse(
  String.raw`XML ?\([^()\n]*CONCAT ?\(`,
  String.raw`TABLE ANALYSE ?\(`,
  // into outfile '/tmp/x' · load_file('/etc/passwd') · char(97,100,109) · concat(0x7e,...
  String.raw`INTO FILE ?['"0@]`,
  String.raw`READ ?\( ?(?:['"]|0x|CHAR)`,
  String.raw`CHAR ?\( ?\d+ ?, ?\d+ ?, ?\d`,
  String.raw`CHAR ?\( ?\d+ ?\) ?OR`,
  String.raw`CONCAT ?\( ?(?:0x|(?:CHAR|WHO|VARIABLE) ?\(|@@)`,
  String.raw`SELECT 0x[0-9a-f]{2}`,
  // exec xp_cmdshell 'dir' · execute immediate '... · convert(int,@@version)
  String.raw`SHELL`,
  String.raw`EXEC ?(?:\( ?@|IMMEDIATE ['"@n]|[a-z.]*[xs]p_)`,
  String.raw`CONVERT ?\( ?TYPE ?, ?(?:\(|@@|WHO)`,
].map((source) => SQL.compile(source))

/** "||" and "&&" are words, too. */
const OPERATORS = / ?(?:\|\||&&) ?/g

/** What these patterns are held against. */
export function sqlSigns(text: string): string {
  return SQL.toSigns(text.replace(OPERATORS, ' or '))
}
