import { defineConfig } from '@playwright/test';

/**
 * The runner's own list, which a list given here replaces. Beside it the suggestions below Chromium's address bar, whose
 * pages took as much time as the window they belong to, and a process kept ready for each window's next site.
 */
const DISABLED_FEATURES = [
	'AvoidUnnecessaryBeforeUnloadCheckSync',
	'DestroyProfileOnBrowserClose',
	'HttpsUpgrades',
	'HttpsFirstBalancedModeAutoEnable',
	'LensOverlay',
	'MediaRouter',
	'PaintHolding',
	'ThirdPartyStoragePartitioning',
	'AvoidCorsURLLoaderRestartOnRedirect',
	'OptimizationHints',
	'NetworkTimeServiceQuerying',
	'AimEnabled',
	'PreconnectToSearch',
	'WebUIOmniboxPopup',
	'WebUIOmniboxAimPopup',
	'SpareRendererForSitePerProcess'
];

export default defineConfig({
	testDir: 'e2e',
	testMatch: '**/*.e2e.ts',
	// Long by nature: part of `npm run test:all` only.
	testIgnore: process.env.TEST_ALL === undefined ? '**/*.long.e2e.ts' : [],
	outputDir: 'test-results',
	globalSetup: './e2e/support/start-site.ts',
	// Only against hanging for ever: a busy machine is no fault of the code.
	timeout: 240_000,
	expect: { timeout: 10_000 },
	// Two more than the gate has cores: journeys wait for mail, deadlines and each other a fifth of the time.
	workers: 4,
	fullyParallel: false,
	forbidOnly: true,
	// What passes only then is named by the runner: a fault that shows itself seldom is still one.
	retries: 1,
	use: {
		locale: 'id-ID',
		actionTimeout: 15_000,
		navigationTimeout: 30_000,
		timezoneId: 'Asia/Makassar',
		viewport: { width: 360, height: 780 },
		screenshot: 'only-on-failure',
		launchOptions: {
			executablePath: process.env.CHROMIUM_SHELL || process.env.CHROMIUM_PATH || undefined,
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
				`--disable-features=${DISABLED_FEATURES.join()}`
			]
		}
	}
});
