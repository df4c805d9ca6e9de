/** How the secrets of one service can be told from any other text. */
export interface SecretFormat {
  readonly service: string
  /** Such a secret begins with one of these, or has it inside when `before` is given. Compared case by case. */
  readonly marks: readonly string[]
  /** What follows a mark. Sticky, and bounded or over one class of characters, so that it takes linear time. */
  readonly rest: RegExp
  /** What stands before a mark; left out, no letter, digit or underscore does. */
  readonly before?: RegExp
}

/**
 * Formats that services document for their credentials, as of November 2026. They were collected from the services' own pages
 * and held against the rules of gitleaks (config/gitleaks.toml at b58d3f1, MIT), which test/compiler/secrets/ does again; the
 * expressions are our own. Secrets without a form of their own are found by their randomness instead.
 */
export const SECRET_FORMATS: readonly SecretFormat[] = [
  // Models
  { service: 'Anthropic', marks: ['sk-ant-'], rest: /[\w-]{32}/y },
  { service: 'OpenAI', marks: ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], rest: /[\w-]{40}/y },
  { service: 'OpenAI', marks: ['sk-'], rest: /[A-Za-z0-9]{32}/y },
  { service: 'OpenRouter', marks: ['sk-or-v1-'], rest: /[A-Fa-f0-9]{64}/y },
  { service: 'Groq', marks: ['gsk_'], rest: /[A-Za-z0-9]{40}/y },
  { service: 'xAI', marks: ['xai-'], rest: /[A-Za-z0-9]{60}/y },
  { service: 'Replicate', marks: ['r8_'], rest: /[A-Za-z0-9]{37}/y },
  { service: 'Perplexity', marks: ['pplx-'], rest: /[A-Za-z0-9]{48}/y },
  { service: 'Hugging Face', marks: ['hf_', 'api_org_'], rest: /[A-Za-z0-9]{34}/y },
  // Clouds
  { service: 'AWS', marks: ['AKIA', 'ASIA', 'ABIA', 'ACCA'], rest: /[A-Z0-9]{16}(?![A-Za-z0-9])/y },
  { service: 'AWS', marks: ['A3T'], rest: /[A-Z0-9]{17}(?![A-Za-z0-9])/y },
  { service: 'AWS Bedrock', marks: ['ABSK', 'bedrock-api-key-'], rest: /[A-Za-z0-9+/]{36}/y },
  { service: 'Alibaba Cloud', marks: ['LTAI'], rest: /[A-Za-z0-9]{20}/y },
  { service: 'Azure', marks: ['Q~'], before: /[\w~.]{3}\d$/, rest: /[\w~.-]{31}/y },
  { service: 'Cloudflare', marks: ['v1.0-'], rest: /[A-Fa-f0-9]{24}-[A-Fa-f0-9]{146}/y },
  { service: 'DigitalOcean', marks: ['doo_v1_', 'dop_v1_', 'dor_v1_'], rest: /[A-Fa-f0-9]{64}/y },
  { service: 'Fly.io', marks: ['fo1_', 'fm1a_', 'fm1r_', 'fm2_'], rest: /[\w+/-]{43}/y },
  { service: 'Google', marks: ['AIza'], rest: /[\w-]{35}/y },
  { service: 'Heroku', marks: ['HRKU-AA'], rest: /[\w-]{58}/y },
  { service: 'OpenShift', marks: ['sha256~'], rest: /[\w-]{43}/y },
  { service: 'Scalingo', marks: ['tk-us-'], rest: /[\w-]{48}/y },
  { service: 'Yandex Cloud', marks: ['AQVN'], rest: /[\w-]{35}/y },
  { service: 'Yandex Cloud', marks: ['YC'], rest: /[\w-]{38}(?![\w-])/y },
  { service: 'Yandex Cloud', marks: ['t1.'], rest: /[\w-]{1,400}={0,2}\.[\w-]{86}/y },
  // Code, packages and builds
  { service: 'GitHub', marks: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], rest: /[A-Za-z0-9]{36}/y },
  { service: 'GitHub', marks: ['github_pat_'], rest: /\w{60}/y },
  {
    service: 'GitLab',
    marks: ['glpat-', 'gldt-', 'glft-', 'glffct-', 'glimt-', 'glagent-', 'gloas-', 'glptt-', 'glrt-', 'glsoat-'],
    rest: /[\w-]{20}/y,
  },
  { service: 'GitLab', marks: ['glcbt-'], rest: /[A-Za-z0-9]{1,5}_[\w-]{20}/y },
  { service: 'GitLab', marks: ['GR1348941'], rest: /[\w-]{20}/y },
  { service: 'GitLab', marks: ['_gitlab_session='], rest: /[0-9a-z]{32}/y },
  { service: 'Bitbucket or Jira', marks: ['ATATT3'], rest: /[\w=-]{60}/y },
  { service: 'npm', marks: ['npm_'], rest: /[A-Za-z0-9]{36}/y },
  { service: 'PyPI', marks: ['pypi-'], rest: /[\w-]{50}/y },
  { service: 'RubyGems', marks: ['rubygems_'], rest: /[A-Fa-f0-9]{48}/y },
  { service: 'Clojars', marks: ['CLOJARS_'], rest: /[A-Za-z0-9]{60}/y },
  { service: 'Artifactory', marks: ['AKCp', 'cmVmd'], rest: /[A-Za-z0-9]{59}/y },
  { service: 'Sourcegraph', marks: ['sgp_'], rest: /\w{40}/y },
  { service: 'Sonar', marks: ['squ_', 'sqp_', 'sqa_'], rest: /[a-z0-9=_-]{40}/y },
  { service: 'Harness', marks: ['pat.', 'sat.'], rest: /[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}/y },
  { service: 'Octopus Deploy', marks: ['API-'], rest: /[A-Z0-9]{26}/y },
  { service: 'Prefect', marks: ['pnu_'], rest: /[A-Za-z0-9]{36}/y },
  { service: 'Pulumi', marks: ['pul-'], rest: /[A-Fa-f0-9]{40}/y },
  { service: 'Terraform Cloud', marks: ['.atlasv1.'], before: /[A-Za-z0-9]{14}$/, rest: /[\w=-]{60}/y },
  { service: 'Infracost', marks: ['ico-'], rest: /[A-Za-z0-9]{32}/y },
  // Secret stores and data
  { service: 'Vault', marks: ['hvs.', 'hvb.'], rest: /[\w-]{24}/y },
  { service: 'Vault', marks: ['s.'], rest: /[A-Za-z0-9]{24}(?![A-Za-z0-9])/y },
  { service: '1Password', marks: ['A3-'], rest: /[A-Z0-9]{6}-[A-Z0-9-]{28}/y },
  { service: '1Password', marks: ['ops_eyJ'], rest: /[A-Za-z0-9+/]{100}/y },
  { service: 'age', marks: ['AGE-SECRET-KEY-1'], rest: /[A-Z0-9]{58}/y },
  { service: 'Doppler', marks: ['dp.pt.', 'dp.st.'], rest: /[A-Za-z0-9._-]{40}/y },
  { service: 'Airtable', marks: ['pat'], rest: /[A-Za-z0-9]{14}\.[A-Fa-f0-9]{64}/y },
  { service: 'ClickHouse', marks: ['4b1d'], rest: /[A-Za-z0-9]{38}/y },
  { service: 'Databricks', marks: ['dapi'], rest: /[A-Fa-f0-9]{32}/y },
  { service: 'MaxMind', marks: ['_mmk'], before: /[A-Za-z0-9]{6}_[A-Za-z0-9]{29}$/, rest: /(?![A-Za-z0-9])/y },
  { service: 'PlanetScale', marks: ['pscale_tkn_', 'pscale_oauth_', 'pscale_pw_'], rest: /[\w=.-]{32}/y },
  // Watching and documents
  { service: 'Dynatrace', marks: ['dt0c01.'], rest: /[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}/y },
  { service: 'Grafana', marks: ['glc_'], rest: /[A-Za-z0-9+/]{32}/y },
  { service: 'Grafana', marks: ['glsa_'], rest: /[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}/y },
  { service: 'Grafana', marks: ['eyJrIjoi'], rest: /[A-Za-z0-9]{70}/y },
  { service: 'New Relic', marks: ['NRAK-', 'NRII-', 'NRJS-'], rest: /[A-Za-z0-9-]{19}/y },
  { service: 'Sentry', marks: ['sntrys_', 'sntryu_'], rest: /[\w+/=]{60}/y },
  { service: 'Linear', marks: ['lin_api_'], rest: /[A-Za-z0-9]{40}/y },
  { service: 'Notion', marks: ['ntn_'], rest: /[A-Za-z0-9]{40}/y },
  { service: 'Postman', marks: ['PMAK-'], rest: /[A-Fa-f0-9]{24}-[A-Fa-f0-9]{34}/y },
  { service: 'ReadMe', marks: ['rdme_'], rest: /[a-z0-9]{70}/y },
  { service: 'Typeform', marks: ['tfp_'], rest: /[\w.=-]{50}/y },
  { service: 'Frame.io', marks: ['fio-u-'], rest: /[\w=-]{64}/y },
  { service: 'Mapbox', marks: ['pk.', 'sk.'], rest: /[A-Za-z0-9]{60}\.[A-Za-z0-9]{22}/y },
  { service: 'Dropbox', marks: ['sl.'], rest: /[\w=-]{100}/y },
  { service: 'Adobe', marks: ['p8e-'], rest: /[A-Za-z0-9]{32}/y },
  { service: 'Intra42', marks: ['s-s4t2ud-', 's-s4t2af-'], rest: /[A-Fa-f0-9]{64}/y },
  { service: 'SettleMint', marks: ['sm_aat_', 'sm_pat_', 'sm_sat_'], rest: /[A-Za-z0-9]{16}/y },
  {
    service: 'Authress',
    marks: ['sc_', 'ext_', 'scauth_', 'authress_'],
    rest: /[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{30}/y,
  },
  { service: 'Defined Networking', marks: ['dnkey-'], rest: /[\w=-]{26}-[\w=-]{50}/y },
  // Messages
  { service: 'Slack', marks: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxo-', 'xoxe-'], rest: /[\w-]{8}/y },
  { service: 'Slack', marks: ['xapp-', 'xoxe.xoxb-', 'xoxe.xoxp-'], rest: /\d-[A-Za-z0-9-]{8}/y },
  { service: 'Slack', marks: ['hooks.slack.com/'], rest: /(?:services|workflows|triggers)\/[A-Za-z0-9+/]{40}/y },
  { service: 'Microsoft Teams', marks: ['.webhook.office.com/webhookb2/'], before: /[a-z0-9]$/, rest: /[a-z0-9-]{8}/y },
  { service: 'Telegram', marks: [':A'], before: /\d{5}$/, rest: /[\w-]{34}/y },
  { service: 'Twitter', marks: ['AAAAAAAAAAAAAAAAAAAAAA'], rest: /[A-Za-z0-9%]{80}/y },
  { service: 'Facebook', marks: ['|', '%'], before: /(?:^|\D)\d{15,16}$/, rest: /[\w-]{27}/y },
  { service: 'Facebook', marks: ['EAAM', 'EAAC'], rest: /[A-Za-z0-9]{100}/y },
  { service: 'Mailgun', marks: ['key-', 'pubkey-'], rest: /[A-Fa-f0-9]{32}/y },
  { service: 'Mailchimp', marks: ['-us'], before: /[A-Fa-f0-9]{32}$/, rest: /\d\d?/y },
  { service: 'SendGrid', marks: ['SG.'], rest: /[\w=.-]{60}/y },
  { service: 'Brevo', marks: ['xkeysib-'], rest: /[A-Fa-f0-9]{64}-[A-Za-z0-9]{16}/y },
  { service: 'Twilio', marks: ['SK'], rest: /[A-Fa-f0-9]{32}(?![A-Za-z0-9])/y },
  // Money and trade
  {
    service: 'Stripe',
    marks: ['sk_live_', 'sk_test_', 'sk_prod_', 'rk_live_', 'rk_test_', 'rk_prod_'],
    rest: /[A-Za-z0-9]{10}/y,
  },
  { service: 'Stripe', marks: ['whsec_'], rest: /[A-Za-z0-9+/]{32}/y },
  { service: 'Square', marks: ['EAAA', 'sq0atp-', 'sq0csp-'], rest: /[\w-]{22}/y },
  { service: 'Shopify', marks: ['shpat_', 'shpca_', 'shppa_', 'shpss_'], rest: /[A-Fa-f0-9]{32}/y },
  { service: 'Shippo', marks: ['shippo_live_', 'shippo_test_'], rest: /[A-Fa-f0-9]{40}/y },
  { service: 'EasyPost', marks: ['EZAK', 'EZTK'], rest: /[A-Za-z0-9]{54}/y },
  { service: 'Duffel', marks: ['duffel_test_', 'duffel_live_'], rest: /[\w=-]{43}/y },
  { service: 'Flutterwave', marks: ['FLWSECK_TEST-', 'FLWSECK-', 'FLWPUBK_TEST-'], rest: /[A-Ha-h0-9]{12}/y },
  { service: 'Lob or GoCardless', marks: ['live_', 'test_'], rest: /[\w=-]{31}/y },
  {
    service: 'Plaid',
    marks: ['access-sandbox-', 'access-development-', 'access-production-'],
    rest: /[A-Fa-f0-9]{8}-[A-Fa-f0-9-]{27}/y,
  },
  // Of no service in particular
  {
    service: 'a gateway key',
    marks: ['_live_', '_test_'],
    before: /[a-z0-9]$/,
    rest: /[A-Za-z0-9]{38}(?![A-Za-z0-9])/y,
  },
  { service: 'a private key', marks: ['-----BEGIN '], rest: /[A-Z0-9 _-]{0,100}PRIVATE KEY/y },
  { service: 'a token (JWT)', marks: ['ey'], before: /(?:^|[^\w-])$/, rest: /[\w-]{17,4000}\.ey[\w/\\-]{17,4000}\./y },
  { service: 'a token (JWT) in base64', marks: ['ZXlK'], rest: /[\w+/\\-]{12}/y },
  {
    service: 'a password in a URL',
    marks: ['://'],
    before: /[a-z]$/,
    rest: /[^\s/@:'"<>{}$]{1,200}:[^\s/@'"<>{}$]{3,200}@/y,
  },
]
