import { personaActor, type PersonaName } from '../../../apps/embedded/src/personas.js';
import type { LiveStream } from '../../flows/flow-client.builder.js';
import type { ApiMember, Fleet } from './fleet.builder.js';

const AGAIN_MS = 200;

/**
 * A subscriber as docs/live.md wants one: when its stream ends, it connects again and goes on from the last cursor. It
 * begins at the very beginning of the inbox, so that it has to see everything once.
 */
export class StreamReader {
  /** Ids of alerts in the order of their events; a revision of an alert is an event too. */
  readonly alertIds: string[] = [];
  #connects = 0;
  #stopped = false;
  #stream: LiveStream | null = null;
  #running: Promise<void> = Promise.resolve();

  private constructor(
    private readonly fleet: Fleet,
    readonly persona: PersonaName,
    private readonly api: ApiMember,
    private cursor: string,
  ) {}

  static async start(fleet: Fleet, persona: PersonaName, api: ApiMember = fleet.api): Promise<StreamReader> {
    const reader = new StreamReader(fleet, persona, api, await beginningOfInbox(fleet, persona));
    reader.#running = reader.#run();
    return reader;
  }

  /** Events until now, those of the open stream too. */
  get seen(): number {
    return this.alertIds.length + (this.#stream?.events.length ?? 0);
  }

  get connects(): number {
    return this.#connects;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#stream?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const client = this.fleet.as(this.persona, this.api);
    while (!this.#stopped) {
      const stream = client.live(this.cursor);
      this.#stream = stream;
      this.#connects += 1;
      await stream.ended;
      this.alertIds.push(...stream.events.map((event) => event.alert.id));
      this.cursor = stream.cursor ?? this.cursor;
      this.#stream = null;
      await stream.close();
      if (!this.#stopped) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** The cursor before the first entry; nobody is given one, so it is written here as the API writes them. */
async function beginningOfInbox(fleet: Fleet, persona: PersonaName): Promise<string> {
  const { personId, agency } = personaActor(persona);
  await fleet.sql('insert into inbox (person_id, agency_id) values ($1, $2) on conflict do nothing', [
    personId,
    agency.id,
  ]);
  const [inbox] = await fleet.sql<{ id: string }>('select id from inbox where person_id = $1 and agency_id = $2', [
    personId,
    agency.id,
  ]);
  return Buffer.from(`inbox:${inbox?.id.slice(0, 8) ?? ''}:0`).toString('base64url');
}
