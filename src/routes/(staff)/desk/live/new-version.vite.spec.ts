import type { BeforeNavigate } from '@sveltejs/kit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CaseLive } from '../cases/[reference]/(case)/case-live.svelte.ts';
import { loadWholePage } from './new-version.client.ts';

const site = vi.hoisted(() => ({ updated: { current: false }, invalidate: vi.fn() }));
vi.mock('$app/state', () => ({ updated: site.updated }));
vi.mock('$app/navigation', () => ({ invalidate: site.invalidate }));
vi.mock('./desk-live.svelte.ts', () => ({ deskLive: { on: () => () => undefined } }));

/** The page was loaded by sending a form, and has scrolled to a part. */
const address = { pathname: '/desk/cases/R-1', search: '?list=open', hash: '#entry', href: '' };
const replace = vi.fn();
const reload = vi.fn();
let files: { length: number }[];
let input: ((event: { isTrusted: boolean; target: unknown }) => void) | undefined;
beforeEach(() => {
	vi.clearAllMocks();
	address.href = '';
	files = [];
	site.updated.current = true;
	vi.stubGlobal('location', Object.assign(address, { replace, reload }));
	vi.stubGlobal('navigator', { sendBeacon: () => true });
	vi.stubGlobal('fetch', async () => Response.json({ change: null }));
	vi.stubGlobal('document', {
		visibilityState: 'visible',
		addEventListener: (type: string, listener: typeof input) => type === 'input' && (input = listener),
		removeEventListener: () => undefined,
		querySelectorAll: () => [{ files: null }, { files }]
	});
});
afterEach(() => void vi.unstubAllGlobals());

const GOAL = 'https://lapor.contoh.go.id/desk/cases/R-2#entry';
function leave(navigation: Partial<BeforeNavigate>) {
	const cancel = vi.fn();
	loadWholePage({ type: 'link', to: { url: new URL(GOAL) }, willUnload: false, cancel, ...navigation } as never);
	return cancel;
}

it('a link loads a whole page and not the data of a new version', () => {
	expect(leave({})).toHaveBeenCalledOnce();
	expect(address.href).toBe(GOAL);
});

it('Back loads a whole page of the address that it has already changed', () => {
	// Cancelled, it would go forward again. An address with a fragment would only scroll.
	expect(leave({ type: 'popstate' })).not.toHaveBeenCalled();
	expect([address.href, replace.mock.calls]).toEqual(['', [['/desk/cases/R-1?list=open']]]);
});

it('without a new version, and for a page that is left anyway, navigation goes on', () => {
	expect(leave({ willUnload: true })).not.toHaveBeenCalled();
	expect(leave({ to: null })).not.toHaveBeenCalled();
	site.updated.current = false;
	expect(leave({})).not.toHaveBeenCalled();
	expect([address.href, replace.mock.calls]).toEqual(['', []]);
});

async function loadCase(meanwhile = () => {}) {
	const live = new CaseLive({ reference: 'R-1', seq: 1 });
	const stop = live.start();
	meanwhile();
	await live.load();
	stop();
	expect(reload).not.toHaveBeenCalled();
	return { whole: replace.mock.calls.flat(), dataOnly: site.invalidate.mock.calls.length };
}
const WHOLE = { whole: ['/desk/cases/R-1?list=open'], dataOnly: 0 };
const DATA = { whole: [], dataOnly: 1 };
const field = (method: string) => ({ form: { method } });

it('a case loads a whole page by its address, which does not send a refused form again', async () => {
	expect(await loadCase()).toEqual(WHOLE);
});

it('a case keeps chosen files, choices and dates', async () => {
	expect(await loadCase(() => files.push({ length: 1 }))).toEqual(DATA);
	files = [];
	site.invalidate.mockClear();
	expect(await loadCase(() => input?.({ isTrusted: true, target: field('post') }))).toEqual(DATA);
});

it('text that a script has put back, and a search, do not keep a case from loading', async () => {
	const others = () => {
		input?.({ isTrusted: false, target: field('post') });
		input?.({ isTrusted: true, target: field('get') });
		input?.({ isTrusted: true, target: {} });
	};
	expect(await loadCase(others)).toEqual(WHOLE);
});

it('without a new version a case loads its data', async () => {
	site.updated.current = false;
	expect(await loadCase()).toEqual(DATA);
});
