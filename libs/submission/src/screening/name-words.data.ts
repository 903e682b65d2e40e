const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Before a name, and hardly ever before anything else. */
export const TITLES =
  'mr mrs ms miss mx dr det detective officer ofc ofcr off sgt sergeant lt lieut lieutenant capt captain cpl corporal agent agt sa ssa deputy dep trooper tpr inspector insp investigator sheriff marshal tfo bpa cbpo sr sra srta senor senora senorita don dona lic ing oficial agente comandante cmdte sargento teniente capitan inspector licenciado';

/** Before a name, and before much else: only a word that is a name, or two that are written as one. */
export const ROLES =
  'driver passenger suspect defendant subject victim witness informant ci cs source courier owner resident named alias aka arrestee brother sister wife husband girlfriend boyfriend mother father cousin son daughter boss dealer supplier buyer chief judge conductor chofer pasajero pasajera testigo victima sospechoso sospechosa detenido detenida informante dueno apodado llamado llamada hermano hermana esposa esposo novia novio primo jefe nickname moniker';

/** Given names and surnames that are frequent in the United States and Mexico: they count in small letters too. */
export const NAMES: ReadonlySet<string> = words(`
  james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald
  steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric
  jonathan stephen larry justin scott brandon benjamin samuel gregory alexander patrick frank raymond jack dennis jerry
  mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa betty margaret sandra ashley kimberly
  emily donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia kathleen amy angela anna
  jose juan luis carlos jesus miguel francisco pedro alejandro manuel antonio ricardo roberto fernando jorge eduardo rafael
  sergio javier arturo raul enrique hector ramon martin alberto oscar ruben mario victor alfredo armando cesar diego pablo
  guadalupe maria juana margarita josefina veronica leticia rosa alicia francisca gabriela silvia teresa yolanda lucia
  carmen adriana claudia gloria isabel martha elena ana sofia daniela valeria fernanda lupita lupe pancho chuy memo beto
  smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez gonzales wilson
  anderson taylor moore jackson lee perez thompson harris sanchez clark ramirez lewis robinson walker young allen king
  wright torres nguyen hill flores adams nelson baker hall rivera campbell mitchell carter roberts gomez phillips evans
  turner diaz parker cruz edwards collins reyes morales gutierrez ortiz ruiz castillo vazquez vasquez jimenez moreno
  mendoza rojas romero aguilar medina munoz herrera guzman salazar vargas castro mendez delgado dominguez chavez rios
  contreras guerrero ortega luna espinoza estrada soto alvarez fernandez`);

/** What stands behind a title and is no name: what officers do, what they are, what is drawn on a bag. */
export const NO_NAMES: ReadonlySet<string> = words(`
  a an the and or of in on at to by for from with was were is are had has have who whom whose that this those these he she
  they it its his her their not no unknown unidentified anonymous none said stated advised reported observed found saw seen
  seized located arrested stopped noted conducted searched discovered recovered placed opened asked told identified
  detained pulled weighed tested counted field side sided seat door window compartment airbag panel area rear front left
  right head light sheet profile female male man woman person juvenile adult driver passenger passengers vehicle truck car
  cab sleeper license licence id safety badge unit units team dog canine k9 office station region district sector county
  state federal local police department customs border patrol protection service special senior supervisory undercover
  task force group squad field reporting responding arresting assigned involved present nearby on-duty off-duty el la los
  las un una de del y o con por para en que se fue es era no sin encontro hallo detuvo reporto observo
  pepper clean america morgan crunch julio frog frogs bean nice potato who strange seuss scholls marvel hook feelgood bomb
  cartel logo stamp style brand type kind known seen unit code name names number phone orange red white blue green black
  grey gray yellow pink purple fentanyl heroin cocaine meth methamphetamine xylazine pills powder bricks kilo kilos bag
  bags package packages tape horse scorpion street main house home owner owned operated resident residence based supplied
  took takes gave went made makes kept sent wrote says told put met ran will would could may also then later again too team
  teams notes note cord peso pesa tomo dijo dice nothing something someone one two three four five six seven eight nine ten`);
