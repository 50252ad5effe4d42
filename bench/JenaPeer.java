import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.jena.atlas.json.JSON;
import org.apache.jena.atlas.json.JsonObject;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.ResultSetFormatter;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.riot.RDFDataMgr;

/** Jena's side of bench/answer.py: loads an N-Triples file, then answers one question a line. */
public class JenaPeer {
    private static final double SPENT = 2.0;

    public static void main(String[] arguments) throws Exception {
        long start = System.nanoTime();
        Model model = RDFDataMgr.loadModel(arguments[0]);
        System.out.println("{\"seconds\": [" + since(start) + "]}");
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(measured(model, JSON.parse(line)));
        }
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static String measured(Model model, JsonObject request) {
        String text = request.getString("bound");
        int readings = request.get("readings").getAsNumber().value().intValue();
        double limit = request.get("limit").getAsNumber().value().doubleValue();
        try {
            long start = System.nanoTime();
            byte[] body = ask(model, text, limit);
            double first = since(start), spent = first;
            List<Double> found = new ArrayList<>();
            while (found.size() < readings && spent < SPENT) {
                start = System.nanoTime();
                ask(model, text, limit);
                double seconds = since(start);
                found.add(seconds);
                spent += seconds;
            }
            if (found.isEmpty()) {
                found.add(first);
            }
            int rows = JSON.parse(new String(body, StandardCharsets.UTF_8)).getObj("results").get("bindings").getAsArray().size();
            String listed = found.stream().map(String::valueOf).collect(Collectors.joining(", "));
            return "{\"seconds\": [" + listed + "], \"first\": " + first + ", \"rows\": " + rows + ", \"bytes\": " + body.length + "}";
        } catch (Exception error) {
            String message = (error.getClass().getSimpleName() + ": " + error.getMessage()).lines().findFirst().orElse("");
            return "{\"error\": \"" + message.replace("\\", "").replace("\"", "'") + "\"}";
        }
    }

    private static byte[] ask(Model model, String text, double limit) {
        try (QueryExecution run = QueryExecution.model(model).query(text).timeout((long) (limit * 1000), TimeUnit.MILLISECONDS).build()) {
            var out = new ByteArrayOutputStream();
            ResultSetFormatter.outputAsJSON(out, run.execSelect());
            return out.toByteArray();
        }
    }
}
