import { baseLocale, type Locale } from '#lib/paraglide/runtime.js';

/** Language of a kiosk: the device's language until a visitor chooses another. Browser only. */
class KioskLanguage {
	/** Language at page load; restored for the next visitor. */
	deviceLanguage: Locale = baseLocale;
	current = $state<Locale>(baseLocale);

	begin(deviceLanguage: Locale): void {
		this.deviceLanguage = deviceLanguage;
		this.current = deviceLanguage;
	}

	set(chosen: Locale): void {
		this.current = chosen;
		document.documentElement.lang = chosen;
	}

	/** Whether a visitor has chosen another language. */
	get changed(): boolean {
		return this.current !== this.deviceLanguage;
	}

	reset(): void {
		this.set(this.deviceLanguage);
	}
}

export const language = new KioskLanguage();
