// Drives the provider with openid-client, which the OpenID Foundation has certified, and says of each rule "ok" or what broke it.
// A browser is played by fetch: one cookie, forms sent with the token of their page, no redirect followed by itself.
import * as oidc from 'openid-client';
import { createInterface } from 'node:readline/promises';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT, AFTER_LOGOUT, SYSTEM_ID, SYSTEM_SECRET } = process.env;
let session = process.env.SESSION;
const lines = createInterface({ input: process.stdin });
const nextLine = async () => (await lines[Symbol.asyncIterator]().next()).value;

const discover = (id, secret, skew) =>
  oidc.discovery(new URL(ISSUER), id, { client_secret: secret, [oidc.clockSkew]: skew }, undefined, { execute: [oidc.allowInsecureRequests] });
let config = await discover(CLIENT_ID, CLIENT_SECRET, Number(process.env.SKEW));

let cookies = {};
async function browse(address, form) {
  const answer = await fetch(new URL(address, ISSUER), {
    method: form ? 'POST' : 'GET',
    redirect: 'manual',
    body: form && new URLSearchParams(form),
    headers: { accept: 'text/html', cookie: Object.entries({ '__Host-session': session, ...cookies }).map(([k, v]) => `${k}=${v}`).join('; ') },
  });
  for (const set of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(set);
    cookies[name] = value;
  }
  return { status: answer.status, to: answer.headers.get('location'), text: await answer.text(), policy: answer.headers.get('content-security-policy') };
}

const field = (html, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1].replaceAll('&amp;', '&');
const expect = (fact, what) => { if (!fact) throw new Error(what); };

async function request(scope = 'openid profile school class role', extra = {}) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT, scope, state, nonce, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...extra });
  return { url, verifier, state, nonce };
}

// To the site's own address, through the consent screen when it is shown.
async function walk(url) {
  let answer = await browse(url);
  if (answer.status === 200) {
    const back = field(answer.text, 'return');
    const agreed = await browse('/connect/agree', { return: back, child: '', __RequestVerificationToken: field(answer.text, '__RequestVerificationToken') });
    answer = await browse(agreed.to);
  }
  expect(answer.to?.startsWith(REDIRECT), `not sent back: ${answer.status} ${answer.to}`);
  return new URL(answer.to);
}

const exchange = (at, asked, checks = {}) => oidc.authorizationCodeGrant(config, at, {
  pkceCodeVerifier: asked.verifier, expectedState: asked.state, expectedNonce: asked.nonce, idTokenExpected: true, ...checks });

async function signIn(scope) {
  const asked = await request(scope);
  return exchange(await walk(asked.url), asked);
}

async function refused(promise, what) {
  try { await promise; } catch (error) { return error; }
  throw new Error(what);
}

const rules = {
  async discovery_names_what_is_needed() {
    const server = config.serverMetadata();
    expect(server.code_challenge_methods_supported.includes('S256'), 'no S256');
    expect(server.subject_types_supported.join() === 'pairwise', `subjects ${server.subject_types_supported}`);
    expect(server.backchannel_logout_supported && server.backchannel_logout_session_supported, 'no back-channel logout');
    expect(server.id_token_signing_alg_values_supported.includes('RS256'), 'no RS256');
  },
  async consent_screen_shows_values_and_lets_its_form_reach_the_site() {
    const page = await browse((await request()).url);
    expect(page.status === 200 && page.text.includes(process.env.PERSON), 'no values on the screen');
    expect(page.policy.includes(`form-action 'self'`) && page.policy.includes(new URL(REDIRECT).origin) && page.policy.includes("default-src 'none'"), page.policy);
  },
  async code_with_pkce_brings_a_person() {
    const tokens = await signIn();
    const claims = tokens.claims();
    expect(claims.sub.length === 43 && claims.sid && claims.auth_time, JSON.stringify(claims));
    expect(!claims.name, 'the id token carries data that only userinfo shall');
    const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    expect(info.name === process.env.PERSON && info.role === 'teacher' && info.school.name && info.class.length > 0, JSON.stringify(info));
  },
  async decision_is_remembered_and_less_is_told_when_less_is_asked() {
    await signIn();
    const asked = await request('openid role');
    const at = await browse(asked.url);
    expect(at.to?.startsWith(REDIRECT), 'asked again');
    const tokens = await exchange(new URL(at.to), asked);
    const info = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    expect(Object.keys(info).sort().join() === 'role,sub', JSON.stringify(info));
  },
  async refusal_comes_back_as_access_denied() {
    const page = await browse((await request('openid profile', { prompt: 'consent' })).url);
    const at = await browse(`${field(page.text, 'return')}&refused=1`);
    expect(new URL(at.to).searchParams.get('error') === 'access_denied', at.to);
  },
  async prompt_none_without_a_session_is_login_required() {
    const kept = session;
    session = '';
    const at = await browse((await request('openid', { prompt: 'none' })).url);
    session = kept;
    expect(new URL(at.to).searchParams.get('error') === 'login_required', at.to);
  },
  async wrong_state_is_noticed() {
    const asked = await request();
    await refused(exchange(await walk(asked.url), asked, { expectedState: 'another' }), 'taken');
  },
  async wrong_nonce_is_noticed() {
    const asked = await request();
    await refused(exchange(await walk(asked.url), asked, { expectedNonce: 'another' }), 'taken');
  },
  async wrong_verifier_is_refused() {
    const asked = await request();
    const error = await refused(exchange(await walk(asked.url), asked, { pkceCodeVerifier: oidc.randomPKCECodeVerifier() }), 'taken');
    expect(error.error === 'invalid_grant', error.message);
  },
  async request_without_a_challenge_is_refused() {
    const { url } = await request();
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const answer = await browse(url);
    expect(answer.status === 400 && !answer.to, `${answer.status} ${answer.to}`);
  },
  async replayed_code_is_refused_and_kills_what_it_brought() {
    const asked = await request();
    const at = await walk(asked.url);
    const tokens = await exchange(at, asked);
    const error = await refused(exchange(at, asked), 'taken twice');
    expect(error.error === 'invalid_grant', error.message);
    await refused(oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), 'the first token lives');
  },
  async unregistered_address_is_told_to_the_person_and_never_followed() {
    for (const wrong of [`${REDIRECT}/more`, 'https://evil.example/callback', `${REDIRECT}?x=1`, REDIRECT.replace('127.0.0.1', 'localhost')]) {
      const answer = await browse((await request('openid', { redirect_uri: wrong })).url);
      expect(answer.status === 400 && !answer.to && answer.text.includes('<html'), `${wrong}: ${answer.status} ${answer.to}`);
    }
  },
  async scope_nobody_knows_or_allowed_is_refused() {
    for (const scope of ['openid everything', 'openid ruo.read']) {
      const answer = await browse((await request(scope)).url);
      expect(answer.status === 400 && !answer.to, `${scope}: ${answer.status} ${answer.to}`);
    }
  },
  async refresh_turns_over_and_a_reused_one_kills_the_chain() {
    const first = await signIn('openid profile offline_access');
    const second = await oidc.refreshTokenGrant(config, first.refresh_token);
    expect(second.refresh_token && second.refresh_token !== first.refresh_token, 'not turned over');
    await oidc.fetchUserInfo(config, second.access_token, first.claims().sub);
    expect((await refused(oidc.refreshTokenGrant(config, first.refresh_token), 'taken twice')).error === 'invalid_grant', 'error');
    await refused(oidc.refreshTokenGrant(config, second.refresh_token), 'the stolen chain lives');
    await refused(oidc.fetchUserInfo(config, second.access_token, first.claims().sub), 'its access lives');
  },
  async no_refresh_without_offline_access() {
    expect(!(await signIn('openid profile')).refresh_token, 'given unasked');
  },
  async revoked_token_is_dead() {
    const tokens = await signIn();
    await oidc.tokenRevocation(config, tokens.access_token);
    await refused(oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), 'lives');
  },
  async wrong_secret_is_refused() {
    const stranger = await discover(CLIENT_ID, 'x'.repeat(43), Number(process.env.SKEW));
    const error = await refused(oidc.clientCredentialsGrant(stranger, { scope: 'ruo.read' }), 'taken');
    expect((error.error ?? error.cause?.[0]?.parameters?.error ?? error.cause?.error) === 'invalid_client', `${error.name} ${JSON.stringify(error.cause)}`);
  },
  async site_gets_no_token_of_its_own() {
    await refused(oidc.clientCredentialsGrant(config, { scope: 'ruo.read' }), 'given');
  },
  async system_gets_a_token_for_its_scope_only() {
    const system = await discover(SYSTEM_ID, SYSTEM_SECRET, Number(process.env.SKEW));
    const tokens = await oidc.clientCredentialsGrant(system, { scope: 'ruo.read' });
    expect(tokens.access_token && !tokens.refresh_token && !tokens.id_token, 'shape');
    await refused(oidc.clientCredentialsGrant(system, { scope: 'profile' }), 'given a scope of people');
  },
  async signatures_outlive_a_change_of_keys() {
    const old = await signIn();
    console.log('ROTATE');
    const told = JSON.parse(await nextLine());
    session = told.session;
    cookies = {};
    const before = config.serverMetadata().jwks_uri;
    config = await discover(CLIENT_ID, CLIENT_SECRET, told.skew);
    oidc.enableNonRepudiationChecks(config);
    const fresh = await signIn();
    const kid = token => JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid;
    expect(kid(old.id_token) !== kid(fresh.id_token), 'the same key signs');
    const shown = (await (await fetch(before)).json()).keys.map(key => key.kid);
    expect(shown.includes(kid(old.id_token)) && shown.includes(kid(fresh.id_token)), `shown ${shown}`);
  },
  async sign_out_by_the_site_ends_our_session_and_comes_back() {
    const tokens = await signIn('openid offline_access');
    let at = await browse(oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: AFTER_LOGOUT, state: 'kept' }));
    for (let step = 0; step < 3 && !at.to?.startsWith(AFTER_LOGOUT); step++) at = await browse(at.to);
    expect(at.to === `${AFTER_LOGOUT}?state=kept` || at.to?.includes('state=kept'), at.to);
    await refused(oidc.refreshTokenGrant(config, tokens.refresh_token), 'refresh lives');
    expect((await browse('/account')).status === 302, 'our session lives');
    const open = await browse(oidc.buildEndSessionUrl(config, { client_id: CLIENT_ID, post_logout_redirect_uri: 'https://evil.example/' }));
    expect(open.status === 400 && !open.to, `open redirect ${open.to}`);
  },
};

for (const [name, rule] of Object.entries(rules)) {
  try {
    await rule();
    console.log(`${name}: ok`);
  } catch (error) {
    console.log(`${name}: ${error.message} ${error.error ?? ''} ${error.cause ? JSON.stringify(error.cause).slice(0, 300) : ''}`.replaceAll('\n', ' '));
  }
}
lines.close();
