"""Ordinary English words, whose spelling is never doubted though no catalog knows them."""

from __future__ import annotations

import re

from app.semantic_parser.tokens import stem, word_set

WORDS = word_set(
    """
    a ability able about above abroad absence absent absolute accept access accident accord
    according account accuracy accurate achieve acid across act action active activity actual
    actually add added addition address adjust administration admission admit ads adult advance
    advantage advert advice affair affect afford afraid after afternoon again against age agency
    agent ago agree agreement ahead aid aim air aircraft airline airlines airport airports alarm
    alert alike alive all allow almost alone along already also alternative although altogether
    always am among amongst amount analysis analyst ancient and anger angle angry animal annual
    annually another answer anxious any anybody anymore anyone anything anyway anywhere apart
    apartment api app apparent appeal appear apple application apply appoint approach appropriate
    approve approximately apps april are area argue arise arm army around arrange arrest arrival
    arrive art article artist aside ask asleep aspect assembly assess assign assist assume
    assumption ate athlete attack attempt attend attention attitude attract audience august aunt
    author authority autumn available average avoid awake award aware away awful baby back
    background backup bad badly bag bake balance ball ban band bank bar bare base basic basis
    basket basketball baskets batch bath battery battle be beach bear beat beaten beautiful became
    because become bed been before began begin begun behave behind being belief believe bell
    belong below belt bench bend beneath benefit berth beside best bet better between beyond
    bicycle bid big biggest bike bill bird birth bit bite bitten black blame blank blanket
    blankets bless blind block blood blow blue board boat body boil boiler bond bone bonus book
    boot boots border bore born borrow boss bot both bother bottle bottom bought bound bowl box
    boy brain brake brakes branch brand brave bread break breakfast breath brick bridge brief
    bright bring broad broken brother brought brown brush budget build building built bunch burn
    burst bus bush business busy but butter button buy buyer cabin cake calculate call calm came
    camera camp campaign can cancel candidate cap capable capacitor capacity capital captain car
    card care career careful cargo carrier carry cart case cash cast cat catch category caught
    cause cease cell center central centre century certain chain chair challenge champion chance
    change channel chapter character charge charger chart charts chat cheap check checkout cheese
    chemical chest chicken chief child choice choose chop chose chosen church circle citizen city
    claim class clean clear clerk clever click clicks client climb clinic clock close cloth
    clothes clothing cloud club cluster coach coal coast coat code coffee coin cold collapse
    collect college color colour column combine combined come comfort command comment commercial
    commission commit committee common community company compare compete complain complete
    compressor computer concept concern conclude condition conduct conductor conference confirm
    conflict connect consider consist constant consult consume contact contain content contest
    context continue contract contrast control convert conveyor cook cool cope copy corn corner
    correct cost cotton could council count counter country county couple coupon coupons courage
    course court cousin cover cow cpu crack craft crash crazy cream create credit crew crime
    crisis criterion critical crop cross crowd cruel cry csv culture cup curb cure curious
    currency current curve custom customer cut cycle daily damage damp dance danger dare dark
    dashboard data date daughter dawn day dead deaf deal dealt dear death debate debt decade
    decide decision declare decline deep defeat defect defend define degree delay delete deliver
    delivery demand dent deny depart department depend deposit depot depth describe desert deserve
    design desire desk desktop despite destroy detail detect determine develop device diagnosis
    diagram dialog diary did die diesel diet differ difficult dig digital dinner direct direction
    dirty disappear disaster discount discounts discover discuss disease dish disk dismiss display
    distance district divide do doctor doctors document does dog dollar done door double doubt
    down dozen draft drag drank draw drawer drawn dream dress drew drink drip drive driven driver
    drop drove drug dry due dug duration during dust duty each eager ear early earn earth ease
    easily east easy eat eaten economy edge edit editor educate effect efficient effort egg eight
    either elder elect electric electricity element eleven else elsewhere email emerge emergency
    emotion employ employee empty enable end enemy energy engage engine engineer enjoy enormous
    enough ensure enter entire entrance entry envelope environment equal equip error escape
    especially essay estate estimate etc euro even evening event ever every everybody everyone
    everything everywhere evidence evil exact exactly exam examine example excellent except
    exchange excite excuse exercise exist exit expand expect expense expensive experience expert
    expire explain explode export expose express extend extent extra extreme eye face facility
    fact factor factory fail failure faint fair fairly faith fall fallen false fame familiar
    family famous fan far fare farm fashion fast fastest fat fate father fault favor favour fear
    feature february fed fee feed feel fell fellow felt female fence ferry fever few field fierce
    fifth fight figure file fill film filter final finally finance find fine finger finish fire
    firm first fish fit five fix flag flat fled fleet flew flight flights float flood floor flow
    flower flown fly focus fold follow food foot football for force foreign forest forget forgot
    forgotten forklift form formal former forth fortnight fortune forward fought found four
    fraction frame fraud free freedom freeze freight frequent fresh friday fried friend from front
    froze frozen fruit fry fuel full fun function fund funny furniture further future gain gallery
    gambling game gap garage garden gas gate gather gauge gave gear gender general gentle genuine
    get giant gift girl give given glad glance glass global go goal god gold golf gone good goods
    got gotten government gps grab grade grain grand grant graph grass grateful grave gray great
    green greet grew grey grid grind grocery gross ground group grow grown growth guard guess
    guest guide guilty guitar gun guy habit had hair half hall hand handle hang happen happy hard
    hardly hardware harm harvest has hat hate have he head headlamp headline health hear heart
    heat heating heavy height held hello help hence her here hero hesitate hey hi hid hidden hide
    high highest highly hill him hire histogram history hit hockey hold hole holiday home homepage
    honest honor hope horse hose hospital host hot hotel hour hourly house household how however
    huge human humid humidity hundred hunger hungry hunt hurry hurt husband ice idea ideal
    identify idle if ignore ill illegal image imagine immediate impact imply import important
    impose impress improve in inbound inch incident include income increase indeed index indicate
    individual indoor industry infection influence inform inner input inside insist inspect
    install instance instant instead insulin insurance intend intensive interest internal internet
    interval interview into introduce invent inventory invest invite invoice invoices involve iron
    ironing is island issue issuer item jacket jackets january jar jazz jeans job join joint joke
    journal journey joy judge juice july jump june junior jury just justice keen keep kept kettle
    key kick kid kill kind king kiss kitchen knee knew knife knit knock know knowledge known label
    labor labour lack ladder lady laid lake lamp land landing lane language lantern lanterns
    laptop large largest last late later latest laugh launch law lawyer lay layer lazy lead leader
    leaf league leak lean learn lease least leather leave lecture led left leg legal lend length
    lens lent less lesson let letter level liberal library license lid lie life lift light like
    likely limit line liner link lion lip liquid list listen lit litre little live load loan local
    location lock log logic login logout lonely long longest look loose lorry lose loss lost lot
    loud love low lower lowest loyal lte luck lucky lunch machine mad madam made magazine mail
    main mainly maintain major make male mall man manage manager manner manual many map march
    margin mark market marriage marry mask mass master match mate material math matter maximum may
    maybe me meal mean meaning means meant meanwhile measure meat mechanic medal media median
    medical medicine medium meet meeting member memory mental mention menu merchant mere merge
    merit message met metal meter meters method metre metric metro middle midnight might mild mile
    military milk mill mind mine mineral minimum minister minor minus minute mirror miss mission
    mistake mix mobile mode model modern modest moment monday money monitor month monthly mood
    moon moral more morning most mostly moth mother motion motor mountain mouse mouth move
    movement movie much mud mug mugs multiple murder muscle museum music must mutual my mystery
    name narrow nation native natural nature near nearby nearly neat necessary neck need needle
    negative neglect neighbour neither nerve nervous net network never nevertheless new newest
    news newsletter newspaper next nice night nightly nine no nobody noise none noon nor normal
    north nose not note nothing notice novel november now nowhere nuclear number nurse object
    observe obtain obvious occasion occupy occur ocean october odd of off offer office officer
    often oil okay old oldest on once one online only onto open operate opinion opposite option or
    orange order ordinary organ origin original other otherwise ought our out outbound outcome
    outdoor outer output outside oven over overall overview owe own owner oxygen pace pack package
    page pages paid pain paint pair palace pale pallet pan panel panic pans paper parcel parent
    park parking part particular partly partner party pass passage passenger past path patience
    patient patients pattern pause pay payment pdf peace peak peel pen penalty pencil pending
    people per percent perfect perform perhaps period permanent permit person phase phone photo
    phrase physical pick picture piece pile pill pilot pin pipe pitch place plan plane plant
    plastic plate platform play player please pleasure plenty plot plug plus pocket point poison
    pole police policy polite political poll pool poor popular population port position positive
    possible post pot potato potential pound pour power practical practice praise pray predict
    prefer pregnant premium prepare presence present president press pressure pretend pretty
    prevent previous price pride priest primary prime prince print printer prior prison private
    prize probably problem procedure proceed process produce product profession professor profile
    profit program progress project promise promote proof proper property proposal propose protect
    proud prove provide province public publish pull pulse pump punch punish pupil purchase pure
    purpose pursue push put qualify quality quantity quarter quarterly queen queries query
    question queue quick quickly quiet quit quite quote race radio rail rain raise ram ran random
    rang range rank ranked ranking rapid rare rate rather rating ratio raw reach react read
    reading ready real realise reality really rear reason receive recent recently recipe record
    recover red reduce refer referee reference refund refunds refuse regard regards region
    register regret regular reject relate release relevant relief religion rely remain remark
    remember remind remote remove rent repair repeat replace reply report request require rescue
    reserve resident resist resolve resort resource respect respectively respond rest restaurant
    result retail retire return reveal revenue reverse review reward rhythm rice rich rid ride
    ridge right ring rinse rise risen risk river road roam rob rock rode role roll roof room root
    rope rose rough roughly round route routine row royal rubber rude ruin rule run runway rural
    rush rust sad safe said sail salad salary sale salt same sample sand sang sank sat satellite
    satisfy saturday sauce save savings saw say scale scan scene schedule scheme school science
    score scrap scratch screen screw sea seal search season seat second secret section sector
    secure see seed seek seem seen seldom select self sell send senior sense sensor sent sentence
    separate september sequence series serious serve server service session sessions set settle
    seven several severe sew sex shade shadow shake shaken shall shallow shame shape share shark
    sharp she sheep sheet shelf shell shelter shift shine ship shirt shock shoe shone shook shoot
    shop shopping short shortest shot should shoulder shout show shower shown shrank shut sick
    side sight sign signal silence silent silk silver similar simple since sing single sink sir
    sister sit site situation six size skill skin sky sleep sleeve slept slice slide slight slim
    slip slope slow slowest small smallest smart smell smile smoke smooth sms snake snow so soap
    soccer social society sock soft software soil solar sold soldier solid solution solve some
    somebody somehow someone something sometimes somewhere son song soon sorry sort soul sound
    soup source south space spam spare speak special species specific speech speed spell spend
    spent spill spin spirit spite split spoil spoke spoken sport spot spread spring sql square
    stable stadium staff stage stair stake stamp stand standard star starch stare start state
    statement station status stay steady steal steam steel steep stem step stick stiff still stir
    stock stole stolen stomach stone stood stop storage store storm story stove straight strange
    stranger strategy stream street strength stress stretch strict strike string strip stroke
    strong struck structure struggle stuck student studio study stuff style subject submit
    subscribe substance subway succeed success such sudden suffer sugar suggest suit summary
    summer sun sunday sunk supper supply support suppose sure surface surgery surprise surround
    survey survive suspect suspicious swam swap swear sweat sweep sweet swept swim swing switch
    sworn swung symbol symptom system table tablet tail take taken talent talk tall tank tap tape
    target tariff task taste taught tax taxi tea teach team tear technical technology telephone
    television tell temper temperature template temporary ten tend tennis tension tent tents term
    terminal terrible test text than thank thanks that the theatre their them theme then theory
    there therefore these they thick thief thin thing think third thirty this thorough those
    though thought thousand thread threat three threshold threw through throughout throw thrown
    thumb thunder thursday thus ticket tidy tie tight till timber time timeout timetable tin tiny
    tip tire tired title to tobacco today toe together toilet told tomorrow tone tongue tonight
    too tool tooth top topic tore torn total touch tour tourist tournament toward towel tower town
    toy trace track trade tradition traffic train tram trams transfer transformer translate
    transport trap travel tray treat treatment tree trend trial triangle trick trigger trip troop
    trophy trouble trousers truck true trust truth try tube tuesday tune turbine turn turnover
    twelve twenty twice two type typical tyre ugly ultimate umbrella unable uncle under understand
    understood union unique unit unite universe university unknown unless until unusual up update
    upload upon upper upset urban urge urgent us usage usb use used useful user usual usually
    vacation vaccine valid valley value valve van variety various vary vast vegetable vehicle
    vendor venue verb verdict version versus very vessel via victim victory video view village
    violent virtual virus visa visible vision visit visitor vital voice volt voltage volume
    volunteer vote voucher wage wait wake walk wall want war ward wards warehouse warm warn
    warning was wash waste watch water wave way we weak wealth weapon wear weather web website
    websites wedding wednesday week weekday weekdays weekend weekends weekly weigh weight welcome
    well went wept were west wet what whatever wheat wheel wheelchair when whenever where whereas
    wherever whether which while whisper white who whole whom whose why wide widely widow wife
    wifi wild will willing win wind window wine wing winner winter wire wise wish with withdraw
    within without woke woman won wonder wood wool word wore work worker world worn worry worse
    worst worth would wound wrap wreck wrist write written wrong wrote yard year yearly yellow yes
    yesterday yet yield you young your yourself youth zero zone
    """
)

STEMS = frozenset(stem(word) for word in WORDS)

_DERIVED = re.compile(r"(?:ions?|ers?|ors?|ly|ness|ments?|als?|able|ful|less|ive|ity)$")


def is_ordinary(word: str) -> bool:
    """Whether a lower-case word, or what it is a plain form of, is ordinary English."""
    if word in WORDS or stem(word) in STEMS:
        return True
    bare = _DERIVED.sub("", word)
    return len(bare) > 3 and bare != word and stem(bare) in STEMS
