import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadNewVersion } from './device.client.ts';

const replace = vi.fn();
const stopLoading = vi.fn();
let status: number;
let page: EventTarget & { fullscreenElement?: object };
beforeEach(() => {
	replace.mockClear();
	stopLoading.mockClear();
	status = 200;
	page = new EventTarget();
	vi.stubGlobal('document', page);
	vi.stubGlobal('location', { replace });
	vi.stubGlobal('window', { stop: stopLoading });
	vi.stubGlobal('fetch', async () => new Response(null, { status }));
});
afterEach(() => void vi.unstubAllGlobals());

const answered = () => new Promise((done) => setTimeout(done));

it('a device loads a new version at once; a visitor who comes stops the loading', async () => {
	const stop = loadNewVersion();
	await answered();
	expect(replace).toHaveBeenCalledExactlyOnceWith('/kiosk');
	expect(stopLoading).not.toHaveBeenCalled();
	stop();
	expect(stopLoading).toHaveBeenCalledOnce();
});

it('a visitor who comes before the site has answered keeps the page', async () => {
	loadNewVersion()();
	await answered();
	expect(replace).not.toHaveBeenCalled();
	expect(stopLoading).not.toHaveBeenCalled();
});

it.each([404, 503])('a device does not load a page of the error %i', async (error) => {
	status = error;
	loadNewVersion();
	await answered();
	expect(replace).not.toHaveBeenCalled();
});

it('a device does not load a page without a connection', async () => {
	vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
	loadNewVersion();
	await answered();
	expect(replace).not.toHaveBeenCalled();
});

it('a device in full screen loads a new version only when its screen is switched off, because a new page ends full screen', async () => {
	page.fullscreenElement = {};
	const stop = loadNewVersion();
	await answered();
	expect(replace).not.toHaveBeenCalled();
	page.dispatchEvent(new Event('visibilitychange'));
	await answered();
	expect(replace).toHaveBeenCalledOnce();
	stop();
	page.dispatchEvent(new Event('visibilitychange'));
	await answered();
	expect(replace).toHaveBeenCalledOnce();
});
