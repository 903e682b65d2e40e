import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createFetcher } from './fetcher.js';
import { startingTabs } from './operations.js';
import './page.css';

const PURPOSES = [
  'INVESTIGATION',
  'DECONFLICTION',
  'TASK_FORCE',
  'ANALYSIS',
  'OFFICER_SAFETY',
  'ADMINISTRATION',
  'AUDIT',
  'TRAINING',
];

/** Tabs and history stay in this page and end with it: nothing about a case is left behind in the browser. */
function memoryStorage() {
  const items = new Map();
  return {
    get length() {
      return items.size;
    },
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, String(value)),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  };
}

/** The invented people of the embedded Concord; `undefined` wherever there are none, which is everywhere else. */
async function fetchPersonas() {
  try {
    const response = await fetch('/personas', { headers: { accept: 'application/json' }, cache: 'no-store' });
    if (!response.ok) return undefined;
    const personas = await response.json();
    return Object.keys(personas).length > 0 ? personas : undefined;
  } catch {
    return undefined;
  }
}

const describe = (name, { agencyOri, level, roles }) =>
  [name, agencyOri, level, [roles].flat().join(' ')].filter(Boolean).join(' · ');

function Page({ personas, storage, tabs }) {
  const names = Object.keys(personas ?? {});
  const [persona, setPersona] = useState(
    () => names.find((name) => [personas[name].roles].flat().includes('ANALYST')) ?? names[0],
  );
  const [token, setToken] = useState('');
  const [code, setCode] = useState('INVESTIGATION');
  // Nobody's purpose but an invented person's is filled in for them.
  const [reference, setReference] = useState(personas ? 'DEMO-1' : '');

  const purpose = useRef('');
  purpose.current = reference.trim() ? `${code}; ref=${reference.trim()}` : '';

  // A new fetcher reads the schema again: for a new person or token only, not for every key typed into the purpose.
  const fetcher = useMemo(() => {
    const bearer = personas ? personas[persona].token : token;
    return createFetcher(new URL('/graphql', location.href), () => ({
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      ...(purpose.current ? { 'concord-purpose': purpose.current } : {}),
    }));
  }, [personas, persona, token]);

  return (
    <div className="concord">
      <header className="concord-bar">
        <h1>Concord</h1>
        {personas ? (
          <label title="Invented people of the embedded Concord, on this machine only">
            Persona
            <select id="persona" value={persona} onChange={(event) => setPersona(event.target.value)}>
              {names.map((name) => (
                <option key={name} value={name}>
                  {describe(name, personas[name])}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <label>
            Access token or API key
            <input
              id="token"
              type="password"
              autoComplete="off"
              spellCheck={false}
              onBlur={(event) => setToken(event.target.value.trim())}
              onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
            />
          </label>
        )}
        <label>
          Purpose
          <select id="purpose" value={code} onChange={(event) => setCode(event.target.value)}>
            {PURPOSES.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label>
          Case number
          <input
            id="reference"
            autoComplete="off"
            spellCheck={false}
            size={14}
            value={reference}
            onChange={(event) => setReference(event.target.value)}
          />
        </label>
        <p>The Headers editor overrides these.</p>
      </header>
      <GraphiQL
        fetcher={fetcher}
        storage={storage}
        defaultTabs={tabs}
        defaultEditorToolsVisibility="variables"
        shouldPersistHeaders={false}
      >
        <GraphiQL.Logo> </GraphiQL.Logo>
      </GraphiQL>
    </div>
  );
}

const personas = await fetchPersonas();
createRoot(document.getElementById('concord')).render(
  <Page personas={personas} storage={memoryStorage()} tabs={startingTabs()} />,
);
