import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadNewVersion } from './device.client.ts';

const replace = vi.fn();
let page: EventTarget & { fullscreenElement?: object };
beforeEach(() => {
	replace.mockClear();
	page = new EventTarget();
	vi.stubGlobal('document', page);
	vi.stubGlobal('location', { replace });
});
afterEach(() => void vi.unstubAllGlobals());

it('a device loads a new version at once', () => {
	loadNewVersion();
	expect(replace).toHaveBeenCalledExactlyOnceWith('/kiosk');
});

it('a device in full screen, which a new page would end, waits until its screen is switched off', () => {
	page.fullscreenElement = {};
	const stop = loadNewVersion();
	expect(replace).not.toHaveBeenCalled();
	page.dispatchEvent(new Event('visibilitychange'));
	expect(replace).toHaveBeenCalledOnce();
	stop();
	page.dispatchEvent(new Event('visibilitychange'));
	expect(replace).toHaveBeenCalledOnce();
});
