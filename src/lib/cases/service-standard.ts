/** One way to get a service: in person, by the website, by WhatsApp or by e-mail. */
export interface ServiceWay {
	way: 'visit' | 'website' | 'whatsapp' | 'email';
	requirements: string[];
	/** null: the published scan is not legible here, which the page says ("lihat SIPPN"). */
	steps: string[] | null;
	time: string | null;
}

/** The office's published service standard, as far as its source shows it. */
export interface ServiceStandard {
	decree: string;
	/** Day of the decree, YYYY-MM-DD; null if the source does not show it. */
	decreeDate: string | null;
	source: string;
	retrievedOn: string;
	ways: ServiceWay[];
	duration: string | null;
	fee: string | null;
	products: string[] | null;
	complaints: string[];
}
