import { defineConfig } from '@playwright/test';

/**
 * The runner's own list, because a list given here replaces it, with two additions. The suggestions below the address
 * bar took as much time as the window itself. The spare process for the next site is not needed.
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
	outputDir: 'test-results',
	globalSetup: './e2e/support/start-site.ts',
	// Only against hanging tests. A busy machine must not fail a test. The short journeys end in a minute on the busiest
	// machine, and two tries of one that hangs must leave time to name it before a time limit of ten minutes.
	timeout: process.env.TEST_ALL ? 240_000 : 120_000,
	expect: { timeout: 10_000 },
	// One more than the two cores of a small machine, because journeys wait for e-mail, deadlines and each other a fifth
	// of the time.
	workers: 3,
	fullyParallel: false,
	forbidOnly: true,
	// Tests that pass only on the second try are listed at the end of the run, because a rare fault is still a fault.
	retries: 1,
	use: {
		// Tests that need them allow them: routes don't see the requests of a worker.
		serviceWorkers: 'block',
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
				// A journey has few windows. A process for each page cost a tenth of the browser's work.
				'--renderer-process-limit=1',
				`--disable-features=${DISABLED_FEATURES.join()}`
			]
		}
	}
});
