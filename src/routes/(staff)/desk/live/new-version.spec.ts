import type { BeforeNavigate } from '@sveltejs/kit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadWholePage } from './new-version.client.ts';

const site = vi.hoisted(() => ({ updated: { current: false } }));
vi.mock('$app/state', () => ({ updated: site.updated }));

/** The page has scrolled to a part. */
const address = { pathname: '/desk/cases/R-1', search: '?list=open', hash: '#entry', href: '' };
const replace = vi.fn();
beforeEach(() => {
	vi.clearAllMocks();
	address.href = '';
	site.updated.current = true;
	vi.stubGlobal('location', Object.assign(address, { replace }));
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
