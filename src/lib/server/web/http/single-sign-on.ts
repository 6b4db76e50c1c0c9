import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { now } from '#lib/server/clock.ts';
import { NotFound } from '#lib/server/errors.ts';
import {
	providerName,
	redeemAtProvider,
	startAtProvider,
	type Identity,
	type ProviderFailure
} from '#lib/server/integrations/oidc.ts';
import { addressKey, consume } from '#lib/server/rate-limits.ts';
import { CodeNeeded } from '#lib/server/people/sign-in/sign-in.ts';
import { confirmByIdentity, linkIdentity, signInByIdentity } from '#lib/server/people/sign-in/single-sign-on.ts';
import { staffDeviceCookie, unfinishedSignInCookie, type SignOn } from '../cookies/devices.ts';
import { clientAddress } from './address.ts';
import { enterSite } from './identify.ts';

/** What happened to a sign-in by the provider. The pages show a sentence for each (`lib/words/single-sign-on.ts`). */
type SignOnOutcome =
	ProviderFailure | 'expired' | 'busy' | 'unlinked' | 'linked' | 'taken' | 'confirmed' | 'not_confirmed';

const RETURN_PATH = '/login/sso/kembali';

type Purpose = Pick<SignOn, 'purpose' | 'session' | 'accountId' | 'next'>;

/**
 * Prepares a sign-in at the identity provider and stores in the browser what must come back.
 * @returns the provider's page; undefined if the provider does not answer
 */
export async function startSignOn(event: RequestEvent, purpose: Purpose): Promise<string | undefined> {
	requireProvider();
	const started = await startAtProvider(event.url.origin + RETURN_PATH, purpose.purpose === 'confirm');
	if (!started) return undefined;
	await unfinishedSignInCookie.write(event.cookies, {
		sso: { ...purpose, ...started.checks, begunAt: now().getTime() }
	});
	return started.url;
}

function requireProvider(): void {
	if (!providerName()) error(404, { message: m.error_not_found() });
}

/** Ends a sign-in when the browser comes back from the provider: signs in, links the account or confirms the session. */
export async function finishSignOn(event: RequestEvent): Promise<never> {
	requireProvider();
	const pending = (await unfinishedSignInCookie.read(event.cookies))?.sso;
	unfinishedSignInCookie.clear(event.cookies);
	if (!pending) return backTo('/login', 'expired');
	const page = pending.purpose === 'enter' ? '/login' : '/me/security';
	// Signed out meanwhile, or somebody else signed in on this browser.
	if (page !== '/login' && event.locals.session?.id !== pending.session) return backTo(page, 'expired');
	if (!(await consume('sso_address', addressKey(clientAddress(event))))) return backTo(page, 'busy');
	const identity = await redeemAtProvider(event.url, pending);
	if (typeof identity === 'string') return backTo(page, identity);
	return conclude(event, pending, identity).catch(async (cause: unknown) => {
		// The account's sessions were ended in this moment.
		if (cause instanceof NotFound) return backTo(page, 'expired');
		if (!(cause instanceof CodeNeeded)) throw cause;
		const { accountId, generation, typedAt } = cause;
		const confirms = pending.purpose === 'confirm' ? pending.session : undefined;
		await unfinishedSignInCookie.write(event.cookies, { code: { accountId, generation, typedAt, confirms } });
		redirect(303, `/login/kode?next=${encodeURIComponent(pending.next ?? '')}`);
	});
}

async function conclude(event: RequestEvent, pending: SignOn, identity: Identity): Promise<never> {
	const { purpose, accountId = '', session = '', next = '', begunAt } = pending;
	if (purpose === 'link') {
		return backTo('/me/security', (await linkIdentity(accountId, identity)) ? 'linked' : 'taken');
	}
	if (purpose === 'confirm') {
		const owner = event.locals.session?.accountId ?? '';
		const confirmed = await confirmByIdentity(owner, session, identity, new Date(begunAt));
		return backTo('/me/security', confirmed ? 'confirmed' : 'not_confirmed');
	}
	const entered = await signInByIdentity(identity, {
		device: await staffDeviceCookie.read(event.cookies),
		userAgent: event.request.headers.get('user-agent') ?? undefined
	});
	return entered ? enterSite(event, entered, next) : backTo('/login', 'unlinked');
}

function backTo(page: string, outcome: SignOnOutcome): never {
	redirect(303, `${page}?sso=${outcome}${page === '/login' ? '' : '#sso'}`);
}
